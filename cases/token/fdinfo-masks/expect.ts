import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALL_BUT_LOWEST = '0xfffffffffffffffe';

export default expectation<typeof scenario>({
  about: 'fdinfo of a token shows its four masks in hexadecimal, or "any" if every bit that the kernel knows is set',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF'] },
  behaviours: { 'token/fdinfo': 'all' },
  outcome: {
    names: { cmds: '0x40021', maps: '0xc04800', progs: '0x40', attachs: '0x2000000000' },
    text: 'allowed_cmds:\t0x40021\nallowed_maps:\t0xc04800\nallowed_progs:\t0x40\nallowed_attachs:\t0x2000000000\n',
    any: { cmds: 'any', maps: 'any', progs: 'any', attachs: 'any' },
    numbers: { cmds: '0x1', maps: '0x2', progs: '0x4', attachs: '0x8' },
    allOfLinux612: {
      cmds: byVersion({ '6.9': 'any', '6.17': '0x1fffffffff' }), // BPF_PROG_STREAM_READ_BY_FD is one more
      maps: byVersion({ '6.9': 'any', '6.19': '0x3ffffffff' }), // BPF_MAP_TYPE_INSN_ARRAY
      progs: 'any',
      attachs: byVersion({ '6.9': 'any', '6.13': '0x1ffffffffffffff' }), // BPF_TRACE_UPROBE_SESSION
    },
    lowestLacking: { cmds: ALL_BUT_LOWEST, maps: ALL_BUT_LOWEST, progs: ALL_BUT_LOWEST, attachs: ALL_BUT_LOWEST },
    onlyCommands: { cmds: 'any', maps: '0x0', progs: '0x0', attachs: '0x0' },
    onlyAttachments: { cmds: '0x0', maps: '0x0', progs: '0x0', attachs: 'any' },
  },
});
