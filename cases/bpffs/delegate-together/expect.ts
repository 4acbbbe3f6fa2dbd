import { expectation } from 'kconform';
import { commonAttrsShift } from '../common-attrs-shift.ts';
import { sinceNames } from '../since.ts';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'delegation options add up, are shown in a fixed order with = and : between them, and apply to one mount',
  commit: ['f157f9cb85b4', '6fe01d3cbb92'],
  source: 'https://git.kernel.org/torvalds/c/f157f9cb85b4',
  versions: ['6.1.1', '6.10'],
  needs: { config: ['DEBUG_INFO_BTF'] },
  behaviours: {
    'delegation/accumulate': ['shown'],
    'delegation/nothing-by-default': ['shown[""]'],
    'delegation/separators': ['shown'],
    'delegation/bit-order': ['shown'],
    'delegation/per-mount': ['afterRefusal', 'otherMount'],
    'delegation/failed-option': ['steps', 'afterRefusal'],
    'mount/order-shown': ['shown'],
  },
  outcome: {
    shown: {
      '': '',
      'delegate_cmds=prog_load:MAP_CREATE,delegate_progs=kprobe,delegate_attachs=xdp': sinceNames(
        '',
        'delegate_cmds=map_create:prog_load,delegate_progs=kprobe,delegate_attachs=xdp',
      ),
      'delegate_attachs=xdp,delegate_progs=xdp,delegate_maps=hash,delegate_cmds=prog_load,mode=0711,gid=6,uid=5':
        sinceNames(
          'mode=711',
          'uid=5,gid=6,mode=711,delegate_cmds=prog_load,delegate_maps=hash,delegate_progs=xdp,delegate_attachs=xdp',
        ),
      'delegate_maps=0x1,delegate_maps=0x2': sinceNames('', 'delegate_maps=unspec:hash'),
      'delegate_maps=hash,delegate_maps=0': sinceNames('', 'delegate_maps=hash'),
      'delegate_cmds=any,delegate_cmds=map_create': sinceNames('', 'delegate_cmds=any'),
      'delegate_progs=xdp,delegate_attachs=xdp,delegate_progs=kprobe': sinceNames(
        '',
        'delegate_progs=kprobe:xdp,delegate_attachs=xdp',
      ),
      'delegate_cmds=map_create,delegate_maps=bogus': sinceNames('', 'EINVAL'),
    },
    steps: { accepted: null, refused: sinceNames(null, 'EINVAL'), created: null, other: null },
    afterRefusal: sinceNames('rw,relatime', 'rw,relatime,delegate_cmds=prog_load'),
    otherMount: sinceNames('rw,relatime', 'rw,relatime,delegate_maps=hash'),
  },
  knownBugs: [commonAttrsShift()],
});
