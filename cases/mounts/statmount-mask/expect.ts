import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'statmount gives what its mask asks for, and nothing else',
  versions: ['6.11'],
  outcome: {
    nothing: [],
    SB_BASIC: ['SB_BASIC'],
    MNT_BASIC: ['MNT_BASIC'],
    PROPAGATE_FROM: ['PROPAGATE_FROM'],
    MNT_ROOT: ['MNT_ROOT'],
    MNT_POINT: ['MNT_POINT'],
    FS_TYPE: ['FS_TYPE'],
    MNT_NS_ID: ['MNT_NS_ID'],
    MNT_OPTS: ['MNT_OPTS'],
  },
});
