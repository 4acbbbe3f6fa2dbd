import { byConfig, byVersion, expectation } from 'kconform';
import { commonAttrsShift } from '../common-attrs-shift.ts';
import { sinceNames } from '../since.ts';
import type scenario from './scenario.ts';

/** Without BTF there are numbers and any; a name is refused, wherever it stands. Read in the source: no such kernel has run it. */
const withBtf = (shown: string, without: string) =>
  byVersion({ '6.1': '', '6.10': byConfig('DEBUG_INFO_BTF', shown, without) });
const named = (shown: string) => withBtf(shown, 'EINVAL');

export default expectation<typeof scenario>({
  about: 'a number in a list of names discards the names before it; a name after a number adds a bit',
  commit: '6c1752e0b6ca',
  source: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
  versions: ['6.1.1', '6.10'],
  behaviours: {
    'quirk/number-overwrites': ['shown'],
    'delegation/without-btf': ['shown'],
    'delegation/number-then-name': ['shown.delegate_cmds=0x1:prog_load', 'shown.delegate_cmds=0x1:any'],
  },
  outcome: {
    shown: {
      'delegate_cmds=prog_load:0x1': named('delegate_cmds=map_create'),
      'delegate_cmds=0x1:0x2': withBtf('delegate_cmds=map_lookup_elem', 'delegate_cmds=0x2'),
      'delegate_cmds=any:0x1': withBtf('delegate_cmds=map_create', 'delegate_cmds=0x1'),
      'delegate_cmds=prog_load:map_create:0': named(''),
      'delegate_cmds=0x1:prog_load': named('delegate_cmds=map_create:prog_load'),
      'delegate_cmds=0x1:any': sinceNames('', 'delegate_cmds=any'),
    },
  },
  quirks: [
    {
      title: 'a number in a list overwrites the bits before it (kstrtou64 stores where the others add)',
      documented: 'multiple values can be specified at the same time, separated by colons',
      link: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
      promised: {
        'shown.delegate_cmds=prog_load:0x1': 'delegate_cmds=map_create:prog_load',
        'shown.delegate_cmds=0x1:0x2': 'delegate_cmds=map_create:map_lookup_elem',
        'shown.delegate_cmds=any:0x1': 'delegate_cmds=any',
        'shown.delegate_cmds=prog_load:map_create:0': 'delegate_cmds=map_create:prog_load',
      },
    },
  ],
  knownBugs: [commonAttrsShift()],
});
