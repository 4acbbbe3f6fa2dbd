import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'BPF_TOKEN_CREATE accepts no flags, and no data after the descriptor of the bpffs in its attribute',
  commit: '35f96de04127',
  source: 'https://git.kernel.org/torvalds/c/35f96de04127',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: { 'token/create-flags': ['flags'], 'token/create-attribute': ['size'] },
  outcome: {
    flags: { none: null, lowest: 'EINVAL', tokenFd: 'EINVAL', highest: 'EINVAL', closedFdToo: 'EINVAL' },
    size: {
      exact: null,
      onlyFlags: null,
      nothing: null,
      halfOfTheDescriptor: null,
      zerosAfterIt: null,
      nextByteSet: 'EINVAL',
      lastByteOfTheUnionSet: 'EINVAL',
      zerosAfterTheUnion: null,
      byteAfterTheUnionSet: 'E2BIG',
      morePages: 'E2BIG',
      noAttribute: 'EFAULT',
    },
  },
});
