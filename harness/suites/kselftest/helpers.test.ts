import { describe, expect, it } from 'vitest';
import { mentions, readHelpers } from './helpers.ts';

describe('readHelpers', () => {
  it('gives paths below the target, whether make printed them with OUTPUT or not', () => {
    const output = `kconform-helper:/build/memfd/fuse_mnt
kconform-helper:lib.sh
make: a warning
kconform-helper:/build/memfd/sub/tool
kconform-helper:./data/
kconform-helper:lib.sh
kconform-helper:*.conf
`;
    expect(readHelpers(output, '/build/memfd')).toEqual(['fuse_mnt', 'lib.sh', 'sub/tool', 'data']);
  });
});

describe('mentions', () => {
  const elf = (text: string) => Buffer.from(`\x7fELF${text}`, 'latin1');

  it.each([
    ['  ./safesetid-test\n', 'safesetid-test'],
    ['./fuse_test ./mnt; ./fuse_mnt ./mnt', 'fuse_mnt'],
    ['run_cmd nettest -s -D &', 'nettest'],
    ['BPF_FILE="xdp_dummy.bpf.o"', 'xdp_dummy.bpf.o'],
    ['"$DIR"/splice_read "$f"', 'splice_read'],
    ['source lib.sh', 'lib.sh'],
  ])('finds a helper that a script uses: %s', (script, helper) => {
    expect(mentions(Buffer.from(script), helper)).toBe(true);
  });

  it.each([
    ['TCID="safesetid-test.sh"', 'safesetid-test'],
    ['./udpgso_bench_tx -4', 'udpgso'],
    ['# Get wait_inotify location', 'wait_inotify'],
    ['sysctl net.ipv4.ip_local_port_range="1 2"', 'ip_local_port_range'],
    ['cat /sys/kernel/mm/transparent_hugepage/khugepaged/defrag', 'khugepaged'],
    ['./run_fuse_test.sh', 'fuse_test'],
    ['xdp_dummy_bpf_o', 'xdp_dummy.bpf.o'],
  ])('takes no other word of a script for it: %s', (script, helper) => {
    expect(mentions(Buffer.from(script), helper)).toBe(false);
  });

  it('finds what a binary starts, and no string that only looks like it', () => {
    expect(mentions(elf('step\0./validate_cap\0'), 'validate_cap')).toBe(true);
    expect(mentions(elf('\0./validate_cap_suid\0'), 'validate_cap')).toBe(false);
    expect(mentions(elf('\0khugepaged/defrag\0'), 'khugepaged')).toBe(false);
    expect(mentions(elf('\0socket\0'), 'socket')).toBe(false);
  });
});
