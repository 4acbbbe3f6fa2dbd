import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const WARNING = '# WARNING!! The output is for debug purpose only\n# WARNING!! The output format will change\n';

export default expectation<typeof scenario>({
  about: 'reading the pin of a map with BTF prints its elements as text; other pins cannot be opened',
  commit: 'a26ca7c982cb',
  source: 'https://git.kernel.org/torvalds/c/a26ca7c982cb',
  behaviours: {
    'read/unreadable': ['refused'],
    'read/map-text': ['text', 'empty'],
    'read/map-file': ['opened', 'inPieces', 'afterUnlink'],
    'read/truncate': ['truncate', 'sizeAfterTruncate', 'textAfterTruncate'],
    'system-call/btf-key': ['btfKey'],
  },
  outcome: {
    refused: {
      plainMap: 'EIO',
      plainMapReadWrite: 'EIO',
      program: 'EIO',
      link: 'EIO',
      plainMapPath: null,
      programPath: null,
    },
    text: { array: `${WARNING}0: {0,0,}\n1: {5,-6,}\n`, hash: `${WARNING}42: {7,-8,}\n` },
    empty: WARNING,
    opened: { write: 'EINVAL', seek: 'ESPIPE', map: 'ENODEV', pread: null },
    inPieces: ['# WARNING', '!! The out'],
    afterUnlink: `${WARNING}0: {0,0,}\n1: {5,-6,}\n`.slice('# WARNING!! The out'.length),
    truncate: { open: null, truncate: null, get: null },
    sizeAfterTruncate: 100,
    textAfterTruncate: true,
    btfKey: { hashWithoutKey: 'EINVAL', arrayWithoutKey: 'EINVAL' },
  },
  knownBugs: [
    {
      // Came with "bpf: Register dtor for freeing special fields", by which hash maps check the BTF themselves. 6.12.112 took
      // both in one release, so that no 6.12 has the bug. Of 6.18 and 6.19 no kernel is published to try; 7.0 and 7.1 ended without
      // the fix.
      title: 'a hash map is created with BTF that has no key type',
      fix: 'bpf: Reject key-less BTF for hash maps',
      introducedIn: ['7.0'],
      fixedIn: ['6.12.112', '7.2.7', '7.3'],
      link: 'https://www.kernel.org/pub/linux/kernel/v7.x/ChangeLog-7.2.7',
      instead: { 'btfKey.hashWithoutKey': null },
    },
  ],
});
