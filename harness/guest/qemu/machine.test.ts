import { expect, test } from 'vitest';
import { commandLineFor } from './command-line.ts';
import { INHERITED_FD, type MachineSpec, machineArguments, type Start } from './machine.ts';

const BOOT: Start = { kind: 'boot' };
const TEMPLATE: Start = { kind: 'template', memory: '/cache/a,b/memory' };
const CLONE: Start = { kind: 'clone', memory: '/cache/a,b/memory', stateFd: 9 };

function argumentsOf(
  accelerator: MachineSpec['accelerator'],
  start: Start,
  devices: Pick<MachineSpec, 'disks' | 'networks'> = {},
): string[] {
  const commandLine = commandLineFor(accelerator);
  const spec = {
    accelerator,
    memoryMiB: 256,
    cpus: 2,
    vmlinux: '/k/vmlinux',
    initramfs: { path: '/k/i.cpio', size: 6_352_336 },
    commandLine,
    ...devices,
  };
  return machineArguments(spec, start, '/run/kc');
}

/** The values of an option, in their order. */
function valuesOf(option: string, list: readonly string[]): string[] {
  return list.flatMap((word, index) => (word === option ? [list[index + 1] ?? ''] : []));
}

test('under KVM a guest has the host’s CPU without what cannot be restored: a clone must find the CPU it was frozen on', () => {
  for (const start of [TEMPLATE, CLONE, { kind: 'boot' } as const]) {
    const list = argumentsOf('kvm', start);
    expect(valuesOf('-accel', list)).toEqual(['kvm']);
    // migratable=on is what keeps invtsc out of a host model (target/i386/cpu.c, x86_cpu_get_migratable_flags)
    expect(valuesOf('-cpu', list)).toEqual(['host,migratable=on']);
    expect(list.join(' ')).not.toMatch(/\+?invtsc/);
  }
});

test('under emulation a kernel gets cmpxchg16b where it cannot do without', () => {
  const cpu = (needsCmpxchg16b: boolean) => {
    const spec = {
      accelerator: 'tcg',
      memoryMiB: 256,
      cpus: 1,
      vmlinux: '/k',
      initramfs: { path: '/i', size: 1 },
      commandLine: '',
    } as const;
    return valuesOf('-cpu', machineArguments({ ...spec, needsCmpxchg16b }, { kind: 'boot' }, '/run/kc'));
  };
  expect(cpu(true)).toEqual(['max']);
  expect(cpu(false)).toEqual(['max,-cx16']);
});

test('under KVM the guest learns the rate of its time stamp counter from KVM, under emulation from us', () => {
  expect(argumentsOf('kvm', TEMPLATE).join(' ')).not.toContain('tsc_early_khz');
  expect(valuesOf('-append', argumentsOf('tcg', TEMPLATE))[0]).toMatch(/ tsc_early_khz=\d+ tsc=reliable /);
});

test('under emulation every virtual CPU has a thread', () => {
  const list = argumentsOf('tcg', CLONE);
  expect(valuesOf('-accel', list)).toEqual(['tcg,thread=multi']);
  expect(valuesOf('-smp', list)).toEqual(['2']);
});

test.each(['kvm', 'tcg'] as const)(
  'under %s a clone is the template’s machine, its memory mapped privately',
  (accelerator) => {
    const template = argumentsOf(accelerator, TEMPLATE);
    const clone = argumentsOf(accelerator, CLONE);
    expect(valuesOf('-object', template)).toEqual([
      'memory-backend-file,id=ram,size=264M,mem-path=/cache/a,,b/memory,share=on',
    ]);
    expect(valuesOf('-object', clone)).toEqual([
      'memory-backend-file,id=ram,size=264M,mem-path=/cache/a,,b/memory,share=off',
    ]);
    const devices = (list: readonly string[]) => valuesOf('-device', list).filter((value) => !/^loader,/.test(value));
    expect(devices(clone)).toEqual(devices(template));
    // A kernel that resets at once must not be gone before our sockets are connected.
    expect([argumentsOf(accelerator, BOOT), template, clone].map((list) => list.includes('-S'))).toEqual([
      true,
      true,
      false,
    ]);
    for (const option of ['-machine', '-cpu', '-smp', '-m', '-kernel', '-append', '-serial'])
      expect(valuesOf(option, clone)).toEqual(valuesOf(option, template));
    expect(valuesOf('-incoming', clone)).toEqual(['defer']);
    expect(valuesOf('-incoming', template)).toEqual([]);
    expect(INHERITED_FD).toBe(3);
  },
);

const MIB = 2 ** 20;

test.each([
  [256, 6_352_336],
  [256, 1],
  [256, 64 * MIB],
  [320, 7 * MIB + 1],
  [2048, 200 * MIB],
  [3584, 6_352_336],
  [8192, 6_352_336],
])(
  'with %i MiB, an initramfs of %i bytes lies in memory of its own, which the kernel leaves alone',
  (memoryMiB, size) => {
    const commandLine = commandLineFor('kvm');
    const initramfs = { path: '/k/i.cpio', size };
    const spec = { accelerator: 'kvm', memoryMiB, cpus: 1, vmlinux: '/k/vmlinux', initramfs, commandLine } as const;
    const list = machineArguments(spec, TEMPLATE, '/run/kc');
    const loader = valuesOf('-device', list).find((value) => /^loader,/.test(value));
    const address = Number(/,addr=(\d+),/.exec(loader ?? '')?.[1]);
    expect(loader).toBe(`loader,file=/k/i.cpio,addr=${address},force-raw=on`);
    expect(address).toBe(Math.min(memoryMiB, 2048) * MIB);
    const [, reserved = ''] = /memmap=(\d+)M\$(\d+)M$/.exec(valuesOf('-append', list)[0] ?? '') ?? [];
    expect(valuesOf('-append', list)).toEqual([
      `${commandLine} initrdmem=${address},${size} memmap=${reserved}M$${address / MIB}M`,
    ]);
    expect(Number(reserved) * MIB - size).toBeGreaterThanOrEqual(MIB); // for the firmware's tables
    expect(valuesOf('-m', list)).toEqual([`${memoryMiB + Number(reserved)}M`]);
    expect(list).not.toContain('-initrd');
  },
);

test('a template listens for its SSH clients itself; a clone connects to us', () => {
  const ssh = (start: Start) => valuesOf('-chardev', argumentsOf('tcg', start)).filter((value) => /id=ssh/.test(value));
  expect(ssh(TEMPLATE)).toEqual(['socket,id=ssh,path=/run/kc/ssh,server=on,wait=off']);
  expect(ssh(CLONE)).toEqual(['socket,id=ssh,path=/run/kc/ssh']);
});

test('disks and interfaces are the last devices; without them the arguments are as before', () => {
  const plain = argumentsOf('tcg', CLONE);
  expect(argumentsOf('tcg', CLONE, { disks: [], networks: [] })).toEqual(plain);
  const disks = [
    { path: '/c/a,b', format: 'raw', identity: '1' },
    { path: '/c/d', format: 'qcow2', identity: '2' },
  ] as const;
  const list = argumentsOf('tcg', CLONE, { disks, networks: ['user', 'pair'] });
  expect(valuesOf('-drive', list)).toEqual([
    'if=none,id=disk0,file=/c/a,,b,format=raw,snapshot=on,discard=unmap',
    'if=none,id=disk1,file=/c/d,format=qcow2,snapshot=on,discard=unmap',
  ]);
  expect(valuesOf('-netdev', list)).toEqual([
    'user,id=net0,restrict=on',
    'hubport,id=net1,hubid=1',
    'hubport,id=net2,hubid=1',
  ]);
  const devices = valuesOf('-device', plain);
  expect(valuesOf('-device', list)).toEqual([
    ...devices,
    'virtio-blk-pci,drive=disk0,serial=disk0,werror=stop,rerror=stop',
    'virtio-blk-pci,drive=disk1,serial=disk1,werror=stop,rerror=stop',
    'virtio-net-pci,netdev=net0,mac=52:54:00:00:00:00,romfile=',
    'virtio-net-pci,netdev=net1,mac=52:54:00:00:00:01,romfile=',
    'virtio-net-pci,netdev=net2,mac=52:54:00:00:00:02,romfile=',
  ]);
});
