/** Disks and network interfaces in guests of a published kernel, whose drivers for them are modules. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Kernel } from '../../kernels/kernel.ts';
import { findModules } from '../../kernels/modules/find-modules.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import type { Network } from '../../machine/machine.ts';
import { GuestMachine } from '../guest-machine.ts';
import { buildInitramfs } from '../initramfs/initramfs.ts';
import { withKernelParts } from '../initramfs/modules.ts';
import { limitsFor } from '../limits/limits.ts';
import { emulated } from '../qemu/machine.test-support.ts';
import type { MachineSpec } from '../qemu/machine.ts';
import { Template } from '../template/template.ts';
import { obtainDisks } from './obtain.ts';
import { checkDevices, type DiskRequest, deviceModules } from './request.ts';

const limits = limitsFor('tcg');
let folder = '';
let kernel: Kernel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-disks-'));
  kernel = await resolveKernel('6.12');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function templateWith(disks: readonly DiskRequest[], networks: readonly Network[]): Promise<Template> {
  checkDevices(disks, networks);
  const cache = { cache: folder };
  const { modules } = await findModules(kernel, deviceModules(disks, networks));
  const initramfs = await withKernelParts(await buildInitramfs(cache), { modules }, cache);
  const spec: MachineSpec = {
    ...emulated(kernel, initramfs),
    disks: await obtainDisks(disks, { cache: join(folder, 'disks') }),
    networks,
  };
  const inputs = { spec, kernelSha256: kernel.sha256, initramfsSha256: initramfs.sha256, qemu: 'under test' };
  return Template.obtain(join(folder, 'templates'), inputs, { limits });
}

async function run(machine: GuestMachine, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.agent.exec(command);
  if (exitCode !== 0) throw new TypeError(`${command} ended with ${exitCode}: ${stderr}`);
  return String(stdout).trimEnd();
}

describe('disks', () => {
  let template: Template;
  beforeAll(async () => {
    const raw = join(folder, 'raw');
    await writeFile(raw, Buffer.concat([Buffer.from('from the image'), Buffer.alloc(2 ** 20)]));
    template = await templateWith(
      [
        { sizeMiB: 16, fileSystem: 'ext4' },
        { sizeMiB: 16, fileSystem: 'ext4' },
        { sizeMiB: 304, fileSystem: 'xfs' },
        { sizeMiB: 120, fileSystem: 'btrfs' },
        { sizeMiB: 17, fileSystem: 'vfat' },
        { sizeMiB: 3 },
        { image: raw },
      ],
      [],
    );
  });

  test('they stand in their order, with their sizes', async () => {
    await using machine = await GuestMachine.clone(template, limits);
    const sizes = await run(
      machine,
      'for d in /sys/block/vd?; do echo $(basename $d) $(cat $d/serial) $(cat $d/size); done',
    );
    expect(sizes.split('\n')).toEqual([
      'vda disk0 32768',
      'vdb disk1 32768',
      'vdc disk2 622592',
      'vdd disk3 245760',
      'vde disk4 34816',
      'vdf disk5 6144',
      'vdg disk6 2049',
    ]);
    expect(await run(machine, 'head -c 14 /dev/vdg')).toBe('from the image');
    expect(await run(machine, 'cmp -n 3145728 /dev/vdf /dev/zero && echo zero')).toBe('zero');
    expect(await run(machine, 'grep -c ^/dev/vd /proc/mounts || true')).toBe('0');
  });

  test.each([
    ['vda', 'ext4'],
    ['vdb', 'ext4'],
    ['vdc', 'xfs'],
    ['vdd', 'btrfs'],
    ['vde', 'vfat'],
  ])('/dev/%s can be mounted as %s, keeps what is written, and no other clone sees it', async (disk, type) => {
    const mount = `mkdir -p /mnt/a && mount -t ${type} /dev/${disk} /mnt/a`;
    await using first = await GuestMachine.clone(template, limits);
    const written = `${mount} && echo text >/mnt/a/f && umount /mnt/a && ${mount} && cat /mnt/a/f`;
    expect(await run(first, written)).toBe('text');
    await using second = await GuestMachine.clone(template, limits);
    expect(await run(second, `${mount} && ls /mnt/a | grep -v lost+found || true`)).toBe('');
  });

  test('what clones write is gone with them', async () => {
    const before = await readdir('/var/tmp');
    {
      await using machine = await GuestMachine.clone(template, limits);
      await run(machine, 'dd if=/dev/urandom of=/dev/vdc bs=1M count=8 && sync');
      expect(await readdir('/var/tmp')).toEqual(before);
    }
  });

  test('a full disk of the host ends the guest, and the kernel is not to blame', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'small', small]);
    vi.stubEnv('TMPDIR', small);
    try {
      await using machine = await GuestMachine.clone(template, limits);
      machine.agent.exec('dd if=/dev/urandom of=/dev/vdc bs=1M count=16; sync').catch(() => undefined);
      expect(await machine.qemu.ended).toMatchObject({ code: 'KC_DISK_FULL', blame: 'host' });
    } finally {
      vi.unstubAllEnvs();
      await execa('umount', [small]);
    }
  });
});

describe('network interfaces', () => {
  let template: Template;
  beforeAll(async () => {
    template = await templateWith([], ['pair', 'user']);
  });

  test('a pair carries packets between two network namespaces', async () => {
    await using machine = await GuestMachine.clone(template, limits);
    await run(machine, OTHER_NAMESPACE);
    const other = 'nsenter -t $(cat /tmp/pid) -n';
    await run(
      machine,
      'ip link set eth1 netns $(cat /tmp/pid) && ip addr add 10.9.0.1/24 dev eth0 && ip link set eth0 up',
    );
    await run(machine, `${other} ip addr add 10.9.0.2/24 dev eth1 && ${other} ip link set eth1 up`);
    expect(await run(machine, 'ping -c 1 -W 5 10.9.0.2')).toContain('1 packets received');
  });

  test('a user network gives an address and has a gateway; the host behind it cannot be reached', async () => {
    const connections: unknown[] = [];
    const server = createServer((socket) => connections.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no port');
    try {
      await using machine = await GuestMachine.clone(template, limits);
      expect(await run(machine, 'ip link set eth2 up && udhcpc -i eth2 -n -q -s /bin/true 2>&1')).toContain(
        '10.0.2.15',
      );
      await run(machine, 'ip addr add 10.0.2.15/24 dev eth2 && ip route add default via 10.0.2.2');
      expect(await run(machine, 'ping -c 1 -W 5 10.0.2.2')).toContain('1 packets received');
      const { exitCode } = await machine.agent.exec(`nc -w 3 10.0.2.2 ${address.port} </dev/null`);
      expect([exitCode, connections]).toEqual([1, []]);
    } finally {
      server.close();
    }
  });
});

/** A process that has a network namespace of its own; its pid is in /tmp/pid. */
const OTHER_NAMESPACE = `unshare -n sleep 1000 >/dev/null 2>&1 & echo $! >/tmp/pid
  until [ $(readlink /proc/$!/ns/net) != $(readlink /proc/$$/ns/net) ]; do sleep 0.1; done`;
