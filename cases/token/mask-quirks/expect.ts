import { expectation } from 'kconform';
import { commonAttrsShift } from '../../bpffs/common-attrs-shift.ts';
import type scenario from './scenario.ts';

const NAMES = 'https://git.kernel.org/torvalds/c/6c1752e0b6ca';

export default expectation<typeof scenario>({
  about:
    'a token has exactly the bits that the bpffs delegates: not those that a later number discarded, but also those that no mount shows',
  commit: ['35f96de04127', '6c1752e0b6ca', '6fe01d3cbb92'],
  source: NAMES,
  versions: ['6.9'],
  needs: { config: ['USER_NS', 'DEBUG_INFO_BTF', 'NET'] },
  behaviours: {
    'scope/commands': ['numberThenName'],
    'quirk/number-overwrites': ['nameThenNumber', 'anyThenNumber'],
    'quirk/hidden-bits': ['unknownBit', 'unknownBitAndKnown'],
  },
  outcome: {
    numberThenName: { shown: 'map_create:prog_load', allowed: '0x21', map: null, program: null },
    nameThenNumber: { shown: 'prog_load', allowed: '0x20', map: 'EPERM', program: null },
    anyThenNumber: { shown: 'prog_load', allowed: '0x20', map: 'EPERM', program: null },
    unknownBit: { shown: 'nothing', allowed: '0x8000000000000000', map: 'EPERM', program: 'EPERM' },
    unknownBitAndKnown: { shown: 'map_create', allowed: '0x8000000000000001', map: null, program: 'EPERM' },
  },
  quirks: [
    {
      title: 'a number in a list discards the names before it, and the token lacks their bits',
      documented: 'several values are delegated at the same time',
      link: NAMES,
      promised: { 'nameThenNumber.allowed': '0x21', 'nameThenNumber.map': null, 'anyThenNumber.allowed': 'any' },
    },
    {
      title: 'the mount does not show bits without a name, but the token has them',
      documented: 'the mount shows all delegated bits',
      link: NAMES,
      promised: { 'unknownBit.shown': '0x8000000000000000' },
    },
  ],
  knownBugs: [commonAttrsShift()],
});
