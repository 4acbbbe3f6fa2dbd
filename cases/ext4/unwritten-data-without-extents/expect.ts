import { expectation } from 'kconform';

export default expectation({
  about: 'SEEK_DATA finds data that is not on the disk yet, also in a file that has indirect blocks instead of extents',
  machine: { disks: ['64M ext4'] },
  needs: { config: ['EXT4_FS'] },
  outcome: {
    withExtents: 65536,
    withoutExtents: 65536,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the data is reported as a hole, and a copy lacks it',
      fix: "ext4: don't report delalloc data as a hole on indirect-mapped inodes",
      fixedIn: ['6.12.117'],
      instead: { withoutExtents: -6 }, // ENXIO
    },
  ],
});
