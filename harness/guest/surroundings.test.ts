/** What a guest of a published kernel has around a scenario: the same as an ordinary system, where the kernel has it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestMachine } from './guest-machine.ts';
import { limitsFor } from './limits/limits.ts';
import { templateSetting } from './template/template.test-support.ts';

const setting = templateSetting();
let machine: GuestMachine;
beforeAll(async () => {
  machine = await GuestMachine.boot(setting.inputs.spec, limitsFor('tcg'));
});
afterAll(() => machine[Symbol.asyncDispose]());

async function run(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.agent.exec(command);
  if (exitCode !== 0) throw new TypeError(`${command} ended with ${exitCode}: ${stderr}`);
  return String(stdout).trimEnd();
}

test('the file systems are mounted, as systemd mounts them', async () => {
  const mounts = (await run('cat /proc/mounts')).split('\n').map((line) => line.split(' ').slice(1, 4));
  const found = mounts.map(([place, type, options]) => {
    const flags = options?.split(',').filter((word) => /^(ro|rw|no(suid|dev|exec)|mode=.*|pagesize=.*)$/.test(word));
    return [place, type, flags?.join()];
  });
  expect(found).toEqual([
    ['/', 'rootfs', 'rw'],
    ['/dev', 'devtmpfs', 'rw,nosuid,mode=755'],
    ['/proc', 'proc', 'rw,nosuid,nodev'],
    ['/sys', 'sysfs', 'rw,nosuid,nodev'],
    ['/dev/pts', 'devpts', 'rw,nosuid,mode=620'],
    ['/dev/shm', 'tmpfs', 'rw,nosuid,nodev'],
    ['/dev/mqueue', 'mqueue', 'rw,nosuid,nodev,noexec'],
    ['/dev/hugepages', 'hugetlbfs', 'rw,nosuid,nodev,pagesize=2M'],
    ['/tmp', 'tmpfs', 'rw'],
    ['/run', 'tmpfs', 'rw,nosuid,nodev,mode=755'],
    ['/sys/kernel/debug', 'debugfs', 'rw,nosuid,nodev'],
    ['/sys/kernel/tracing', 'tracefs', 'rw,nosuid,nodev'],
    ['/sys/kernel/security', 'securityfs', 'rw,nosuid,nodev'],
    ['/sys/fs/bpf', 'bpf', 'rw,nosuid,nodev,noexec,mode=700'],
    ['/sys/fs/cgroup', 'cgroup2', 'rw,nosuid,nodev'],
  ]);
});

test('folders are writable for whom they should be', async () => {
  expect((await run('stat -c "%n %a %U" / /tmp /var/tmp /dev/shm /root /home/user')).split('\n')).toEqual([
    '/ 755 root',
    '/tmp 1777 root',
    '/var/tmp 1777 root',
    '/dev/shm 1777 root',
    '/root 700 root',
    '/home/user 755 user',
  ]);
});

test('there is root, an ordinary user and nobody', async () => {
  expect(await run('id')).toBe('uid=0(root) gid=0(root) groups=0(root)');
  expect(await run('id user')).toBe('uid=1000(user) gid=1000(user) groups=1000(user)');
  expect(await run('id nobody')).toBe('uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)');
  expect(await run('su user -c "cd && pwd && touch mine && id -u"')).toBe('/home/user\n1000');
});

test('the guest has a name, and a loopback interface for IPv4 and IPv6', async () => {
  expect(await run('hostname')).toBe('kconform');
  expect(await run('ping -c 1 -W 5 127.0.0.1')).toContain('1 packets received');
  expect(await run('ping6 -c 1 -W 5 ::1')).toContain('1 packets received');
  expect(await run('ping -c 1 -W 5 kconform')).toContain('127.0.1.1');
});

test('groups have controllers', async () => {
  expect(await run('cat /sys/fs/cgroup/cgroup.subtree_control')).toBe('cpu io memory pids');
  expect(await run('mkdir /sys/fs/cgroup/a && cat /sys/fs/cgroup/a/pids.max && rmdir /sys/fs/cgroup/a')).toBe('max');
});

test('the root can be pivoted, and the old one unmounted', async () => {
  const pivot = `mkdir /tmp/new && mount -t tmpfs new /tmp/new && mkdir /tmp/new/old && cp -a /bin /tmp/new &&
    cd /tmp/new && pivot_root . old && umount -l /old && ls /`;
  expect(await run(`unshare -m sh -c '${pivot}'`)).toBe('bin\nold');
});
