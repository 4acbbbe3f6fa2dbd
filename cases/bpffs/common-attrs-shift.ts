import type { KnownBug } from 'kconform';

/**
 * BPF_COMMON_ATTRS (1 << 16) is an enumerator of bpf_cmd: bpffs takes it for a bit number, and shifts by 65536, whenever it shows
 * delegate_cmds in names or is given its name. Seen in 7.2.13 and 7.3.4; 7.1.7 has no such enumerator.
 */
export const commonAttrsShift = (instead: KnownBug['instead'] = {}): KnownBug => ({
  title: 'BPF_COMMON_ATTRS is taken for the number of a bit, and a shift goes out of bounds',
  fix: null,
  introducedIn: ['7.2'],
  fixedIn: [],
  instead,
  splats: [{ kind: 'UBSAN', title: 'shift-out-of-bounds' }],
});
