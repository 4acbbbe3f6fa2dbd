import { byVersion, expectation } from 'kconform';
import type scenario from './scenario.ts';

/** Extended attributes came after 6.12; 7.3.4 has those of trusted. and security. */
const before = <T>(earlier: T, since: T) => byVersion({ '5.0': earlier, '7.3': since });

export default expectation<typeof scenario>({
  about: 'a name has up to 255 characters; there are no extended attributes; fsync of a directory works',
  commit: 'b2197755b263',
  source: 'https://man7.org/linux/man-pages/man7/xattr.7.html',
  behaviours: {
    'names/length': ['length'],
    'names/no-attributes': ['attributes', 'listed'],
    'names/directory-file': ['directory'],
  },
  outcome: {
    length: { pin: null, get: null, pinLonger: 'ENAMETOOLONG', mkdirLonger: 'ENAMETOOLONG' },
    attributes: {
      pin: null,
      setUser: 'EOPNOTSUPP',
      getUser: 'EOPNOTSUPP',
      setTrusted: before('EOPNOTSUPP', null),
      setTrustedOfDirectory: before('EOPNOTSUPP', null),
      getTrustedMissing: before('EOPNOTSUPP', 'ENODATA'),
    },
    listed: before(0, 'trusted.a'.length + 1),
    directory: { fsync: null, ioctl: 'ENOTTY', read: 'EISDIR' },
    entries: ['.', '..', 'longest', 'pin'],
  },
});
