import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'copy_file_range has nothing to write at the end of its source, so no limit of the file size applies',
  outcome: {
    setUp: { ignore: null, limit: null },
    ofNothing: { copy: null },
    ofOneByte: { copy: 'EFBIG' },
  },
  knownBugs: [
    {
      title: 'it fails although there is nothing to copy',
      fix: 'fs: skip copy_file_range write limits when there is no data',
      fixedIn: ['6.12.117'],
      instead: { 'ofNothing.copy': 'EFBIG' },
    },
  ],
});
