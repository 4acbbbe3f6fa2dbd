import type { Machine } from './machine.ts';

/** A machine for people: `2 CPUs; 512M; modules loop, overlay; panic_on_warn=1`; an empty text for the default one. */
export function describeMachine(machine: Machine): string {
  const { cpus, memory, modules, kernelParameters = [], disks, net, packages, files, schedule } = machine;
  return [
    ...(cpus === undefined ? [] : [`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`]),
    ...(memory === undefined ? [] : [memory]),
    ...listed('module', modules),
    ...(kernelParameters.length === 0 ? [] : [kernelParameters.join(' ')]),
    ...listed('disk', disks),
    ...listed('network', net),
    ...listed('package', packages),
    ...listed('file', files),
    ...(schedule === undefined ? [] : [`schedule ${schedule}`]),
  ].join('; ');
}

function listed(name: string, all: readonly string[] = []): string[] {
  return all.length === 0 ? [] : [`${name}${all.length === 1 ? '' : 's'} ${all.join(', ')}`];
}

/** The same as words with their values, as options and comments have them: `cpus` and `2`. */
export function machineWords(machine: Machine): [word: string, value: string][] {
  const { cpus, memory, modules, kernelParameters, disks, net, packages, files, schedule } = machine;
  const lists = {
    module: modules,
    'kernel-parameter': kernelParameters,
    disk: disks,
    net,
    package: packages,
    file: files,
  };
  return [
    ...(cpus === undefined ? [] : [['cpus', String(cpus)] satisfies [string, string]]),
    ...(memory === undefined ? [] : [['memory', memory] satisfies [string, string]]),
    ...(schedule === undefined ? [] : [['schedule', String(schedule)] satisfies [string, string]]),
    ...Object.entries(lists).flatMap(([word, all = []]) => all.map((value): [string, string] => [word, value])),
  ];
}

/** The options of a command that ask for the machine. */
export function machineOptionsOf(machine: Machine): string[] {
  return machineWords(machine).flatMap(([word, value]) => [`--${word}`, value]);
}
