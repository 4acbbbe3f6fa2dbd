import { expectation } from 'kconform';

export default expectation({
  about: 'a file whose data is in its inode gets a block when truncate makes it larger than the inode can hold',
  machine: { disks: ['64M'], packages: ['e2fsprogs'] },
  needs: { config: ['EXT4_FS'] },
  outcome: {
    before: 'N',
    after: 'e',
    content: 'small',
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the data stays in the inode',
      fix: 'ext4: convert inline data to extents when truncate exceeds inline size',
      fixedIn: ['6.12.80'],
      instead: { after: 'N' },
    },
  ],
});
