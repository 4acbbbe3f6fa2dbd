import { expectation } from 'kconform';

export default expectation({
  about: 'ext4 refuses default mount options in the super block that no NUL ends',
  machine: { disks: ['64M'], packages: ['e2fsprogs'] },
  needs: { config: ['EXT4_FS'] },
  outcome: {
    stored: 'discard,discard,discard,discard,discard,discard,discard,resgid=0',
    mounted: false,
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
