import { byVersion, expectation } from 'kconform';

export default expectation({
  about: 'ext4 cuts default mount options in the super block that no NUL ends after 63 bytes, and refuses what is left',
  machine: { disks: ['64M'], packages: ['e2fsprogs'] },
  needs: { config: ['EXT4_FS', 'FORTIFY_SOURCE'] },
  outcome: {
    stored: 'discard,discard,discard,discard,discard,discard,discard,resgid=0',
    // Older kernels read all 64 bytes ("ext4: avoid potential buffer over-read in parse_apply_sb_mount_options()"); since then the last is cut
    // off, and `resgid=` is refused.
    mounted: byVersion({ '5.0': true, '6.12.54': false, '6.18': false }),
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'the check of string functions (FORTIFY_SOURCE) stops the mount with an oops',
      fix: 'ext4: fix string copying in parse_apply_sb_mount_options()',
      introducedIn: ['6.12.54'],
      fixedIn: ['6.12.64'],
      instead: {},
      splats: [
        { kind: 'WARNING', frame: '__fortify_report' },
        { kind: 'BUG', title: 'string_helpers' },
      ],
    },
  ],
});
