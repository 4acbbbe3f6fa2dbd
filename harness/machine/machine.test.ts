import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeMachine, machineWords } from './describe.ts';
import { machineFaults } from './faults.ts';
import { isDefaultMachine, type Machine, machineKey, mergeMachines, withAbsolutePaths } from './machine.ts';
import { machineInComments, readWord } from './words.ts';

describe('one machine out of several', () => {
  test('a later value replaces an earlier one, and lists add up', () => {
    const configuration = { cpus: 2, memory: '1G', kernelParameters: ['mitigations=auto', 'panic_on_warn=1'] };
    const ofCase = { cpus: 4, modules: ['overlay', 'loop'] };
    const options = { memory: '512M', modules: ['loop max_loop=4'], kernelParameters: ['panic-on-warn=0'] };
    expect(mergeMachines([configuration, undefined, ofCase, options])).toEqual({
      cpus: 4,
      memory: '512M',
      modules: ['overlay', 'loop max_loop=4'],
      kernelParameters: ['mitigations=auto', 'panic-on-warn=0'],
    });
  });

  test('nothing but the default machine is the default machine', () => {
    expect(isDefaultMachine(mergeMachines([undefined, {}, { modules: [] }]))).toBe(true);
    expect(isDefaultMachine({ cpus: 1 })).toBe(false);
  });

  test('equal machines have equal keys, in any order of their fields', () => {
    expect(machineKey({ cpus: 2, memory: '1G' })).toBe(machineKey({ memory: '1G', cpus: 2 }));
    expect(machineKey({ cpus: 2 })).not.toBe(machineKey({ cpus: 3 }));
  });
});

test('paths of files and images are taken from the folder where they are asked for', () => {
  const asked = { disks: ['64M ext4', './a.img'], files: ['./tool:/bin/tool', 'guest:/'] };
  expect(withAbsolutePaths(asked, (path) => resolve('/cases/one', path))).toEqual({
    disks: ['64M ext4', '/cases/one/a.img'],
    files: ['/cases/one/tool:/bin/tool', '/cases/one/guest:/'],
  });
});

describe('words of options and comments', () => {
  const whole: Machine = {
    cpus: 2,
    memory: '2G',
    modules: ['loop max_loop=4'],
    kernelParameters: ['lsm=capability,bpf'],
    disks: ['64M', '64M', '1G ext4', '/srv/disk.img'],
    net: ['pair', 'user'],
    packages: ['iproute2', 'strace'],
    files: ['/tool:/usr/local/bin/tool:755'],
    schedule: 0,
  };

  test('a machine is the same when it is read from the words that are written for it', () => {
    expect(mergeMachines(machineWords(whole).map(([word, value]) => readWord(word, value)))).toEqual(whole);
  });

  test.each([
    ['# kconform: cpus 2', { cpus: 2 }],
    ['  // kconform: memory 1G', { memory: '1G' }],
    ['/* kconform: module loop max_loop=4 */', { modules: ['loop max_loop=4'] }],
    [' * kconform: kernel-parameter panic_on_warn=1', { kernelParameters: ['panic_on_warn=1'] }],
    ['# kconform: ends after 10 s', {}],
    ['printf("kconform: cpus 2");', {}],
    ['#!/bin/sh\n# kconform: cpus 2\n# kconform: module overlay\ntrue', { cpus: 2, modules: ['overlay'] }],
  ])('comment %j', (source, machine) => {
    expect(machineInComments(source, 'scenario.sh')).toEqual(machine);
  });

  test.each([
    ['# kconform: cpu 2', 'race.sh: "kconform: cpu 2": unknown word "cpu"'],
    ['# kconform: cpus two', 'race.sh: "kconform: cpus two": '],
    ['# kconform: ends after ten s', 'race.sh: "kconform: ends after ten s": unknown word "ends"'],
    ['# kconform:', 'race.sh: "kconform: ": unknown word ""'],
  ])('comment %j is an error of the case', (source, message) => {
    expect(() => machineInComments(source, 'race.sh')).toThrow(message);
    expect(() => machineInComments(source, 'race.sh')).toThrow(expect.objectContaining({ code: 'KC_MACHINE' }));
  });
});

test.each([
  [{ cpus: 0 }, 'cpus: a machine has 1 to 8 CPUs'],
  [{ cpus: 64 }, 'cpus: a machine has 1 to 8 CPUs'],
  [{ cpus: 1.5 }, 'cpus: the number of CPUs is an integer'],
  [{ memory: '512' }, 'memory: write memory as 512M or 2G'],
  [{ memory: '64M' }, 'memory: a guest needs at least 256M'],
  [{ memory: '9999G' }, 'memory: more than 256G'],
  [{ modules: ['../evil'] }, 'modules.0: write a module as its name'],
  [{ modules: ['loop  max'] }, 'modules.0: write a module as its name'],
  [{ kernelParameters: ['console=tty0'] }, 'kernelParameters.0: kconform needs these as they are: console'],
  [{ kernelParameters: [''] }, 'kernelParameters.0: it is empty'],
  [{ kernelParameters: ['--'] }, 'kernelParameters.0: "--" ends the parameters'],
  [{ kernelParameters: ['a b'] }, 'kernelParameters.0: a parameter is printable ASCII'],
  [{ kernelParameters: ['a\nb'] }, 'kernelParameters.0: a parameter is printable ASCII'],
  [{ kernelParameters: ['a'.repeat(1600)] }, 'kernelParameters: more than 1500 bytes'],
  [{ disks: ['0M'] }, 'disks.0: a disk has at least 1M'],
  [{ disks: ['64M ext5'] }, 'disks.0: write a disk as a size'],
  [{ disks: ['image.qcow2'] }, 'disks.0: write a disk as a size'],
  [{ net: ['bridge'] }, 'net.0: a network is pair or user'],
  [{ packages: ['Strace'] }, 'packages.0: the name of a Debian package has small letters'],
  [{ packages: ['--option'] }, 'packages.0: the name of a Debian package'],
  [{ files: ['tool'] }, 'files.0: write a file as FROM:TO'],
  [{ files: ['tool:bin'] }, 'files.0: write a file as FROM:TO'],
  [{ cpu: 2 }, 'Unrecognized key'],
])('%j is refused', (machine, message) => {
  expect(machineFaults(machine).join('\n')).toContain(message);
});

test.each([
  [{ cpus: 8, memory: '256M' }],
  [{ kernelParameters: ['dyndbg="file fork.c +p"', 'lsm=landlock,bpf', 'slub_debug=FZPU'] }],
  [{ modules: ['overlay', 'nf-tables', 'loop max_loop=4 max_part=2'] }],
])('%j is right', (machine) => {
  expect(machineFaults(machine)).toEqual([]);
});

test('a machine for people', () => {
  expect(describeMachine({})).toBe('');
  expect(describeMachine({ cpus: 1 })).toBe('1 CPU');
  expect(describeMachine({ cpus: 2, memory: '1G', modules: ['a', 'b'], kernelParameters: ['x=1', 'y'] })).toBe(
    '2 CPUs; 1G; modules a, b; x=1 y',
  );
});
