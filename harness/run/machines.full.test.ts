/** Machines with disks, networks and Debian packages, on the published 6.12: what a machine is asked for most. */
import { expect, test } from 'vitest';
import { BOOT } from '../expect/judge/boot.ts';
import { type CaseText, judgeTexts, verdictsOf } from './machines.test-support.ts';

/** A scenario in shell with the observation `done`, which its last command must reach. */
function script(machine: string, ...lines: readonly string[]): CaseText {
  return {
    scenario: ['scenario.sh', [...lines, 'observe finished yes', ''].join('\n')],
    expect: `machine: ${machine}, outcome: { seen: 'yes', finished: 'yes', output: '', exitCode: 0, signal: null }`,
  };
}

const CASES: Readonly<Record<string, CaseText>> = {
  'own/overlay': script(
    "{ modules: ['overlay'], disks: ['64M ext4', '64M ext4'] }",
    'mkdir /mnt/lower /mnt/upper /mnt/merged',
    'mount /dev/vda /mnt/lower; mount /dev/vdb /mnt/upper',
    'mkdir /mnt/upper/up /mnt/upper/work; echo lower > /mnt/lower/file',
    'mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper/up,workdir=/mnt/upper/work none /mnt/merged',
    'echo upper > /mnt/merged/file',
    '[ "$(cat /mnt/lower/file) $(cat /mnt/upper/up/file)" = "lower upper" ] && observe seen yes',
  ),
  'own/loop': script(
    "{ modules: ['loop', 'ext4'], disks: ['64M ext4'] }",
    'dd if=/dev/vda of=/tmp/image bs=1M 2>/dev/null',
    'mount -o loop /tmp/image /mnt',
    'grep -q "^/dev/loop0 /mnt ext4" /proc/mounts && observe seen yes',
  ),
  'own/veth': script(
    "{ modules: ['veth'], packages: ['iproute2'] }",
    'ip netns add one; ip netns add two',
    'ip link add veth-a netns one type veth peer name veth-b netns two',
    'ip -n one address add 10.1.0.1/24 dev veth-a; ip -n two address add 10.1.0.2/24 dev veth-b',
    'ip -n one link set veth-a up; ip -n two link set veth-b up',
    'ip netns exec one ping -c 3 -W 5 10.1.0.2 > /tmp/ping',
    'grep -q " [1-3] packets received" /tmp/ping && observe seen yes',
  ),
  'own/nftables': script(
    "{ modules: ['nf_tables'], packages: ['nftables'] }",
    'nft add table inet t',
    'nft add chain inet t c "{ type filter hook input priority 0; }"',
    'nft add rule inet t c ip daddr 127.0.0.1 counter',
    'ping -c 3 127.0.0.1 > /dev/null',
    // Each echo request and each reply comes in over loopback.
    'nft list chain inet t c | grep -q "counter packets 6 " && observe seen yes',
  ),
  'own/strace': script(
    "{ packages: ['strace'] }",
    'strace -o /tmp/log -e trace=mkdir mkdir /tmp/made',
    'grep -q \'^mkdir("/tmp/made", 0777) *= 0$\' /tmp/log && observe seen yes',
  ),
  'own/python': script(
    "{ packages: ['python3'] }",
    'cat > /tmp/script <<"END"',
    '#!/usr/bin/python3',
    'import os',
    'print("yes" if os.uname().release.startswith("6.12") else "no")',
    'END',
    'chmod 755 /tmp/script; observe seen "$(/tmp/script)"',
  ),
  'own/program': script(
    "{ files: ['/usr/bin/readelf:/usr/local/bin/readelf', '/etc/hostname:/srv/host:600'] }",
    '/usr/local/bin/readelf --version > /tmp/version; [ "$(stat -c %a /srv/host)" = 600 ]',
    'grep -q "^GNU readelf" /tmp/version && observe seen yes',
  ),
  'own/pair': script(
    "{ net: ['pair'], packages: ['iproute2'] }",
    'ip netns add other; ip link set eth1 netns other',
    'ip address add 10.2.0.1/24 dev eth0; ip link set eth0 up',
    'ip -n other address add 10.2.0.2/24 dev eth1; ip -n other link set eth1 up',
    'ping -c 2 -W 5 10.2.0.2 > /tmp/ping',
    'grep -q "2 packets received" /tmp/ping && observe seen yes',
  ),
  'own/isolated': script(
    "{ net: ['user'], packages: ['iproute2'] }",
    'ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.2.2',
    '! nc -w 3 10.0.2.2 22 < /dev/null 2> /dev/null && observe seen yes',
  ),
};

test('each case does its work with what it asked for', async () => {
  const results = await judgeTexts(CASES);
  const all = Object.keys(CASES).map((name) => [name, 'PASS']);
  expect(verdictsOf(results)).toEqual({ [BOOT]: 'PASS', ...Object.fromEntries(all) });
  expect(results.get('own/strace')?.packages).toMatchObject({
    suite: 'trixie',
    packages: expect.arrayContaining([expect.stringMatching(/^strace=6/)]),
  });
}, 600_000);

/** LKDTM is in the debug profile; no published kernel has it. */
test.each([
  [['panic_on_warn=1'], /^FAIL .*panic_on_warn set/],
  [[], /^FAIL .*WARNING/],
] as const)('a WARN with the parameters %j', async (kernelParameters, verdict) => {
  const warns: CaseText = {
    scenario: ['scenario.sh', 'echo WARNING > /sys/kernel/debug/provoke-crash/DIRECT\n'],
    expect: `machine: { kernelParameters: ${JSON.stringify(kernelParameters)} },
      outcome: { output: '', exitCode: 0, signal: null }`,
  };
  const results = await judgeTexts({ 'own/warns': warns }, { kernel: '6.12+debug' });
  expect(verdictsOf(results)).toEqual({ [BOOT]: 'PASS', 'own/warns': expect.stringMatching(verdict) });
});
