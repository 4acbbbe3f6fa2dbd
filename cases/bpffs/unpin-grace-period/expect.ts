import { byVersion, expectation } from 'kconform';
import { releasedLate } from '../released-late.ts';
import type scenario from './scenario.ts';

/** The result of a probe on a function that the kernel does not have; ENOENT was seen on 6.1. */
const NO_SUCH_FUNCTION = byVersion({ '6.1': 'ENOENT', '6.12': 'EINVAL' });

export default expectation<typeof scenario>({
  about:
    'an unlinked inode and the target of a symbolic link are freed only after an RCU grace period, as a path walk may still read them',
  commit: ['53649846e043', 'ee04cff9ed4d'],
  source: 'https://git.kernel.org/torvalds/c/b93c55b4932d',
  needs: { config: ['KPROBE_EVENTS'], files: ['/sys/kernel/tracing/kprobe_events'] },
  behaviours: {
    'unpin/inode-grace-period': ['symlink', 'pin', 'functions.bpf_free_inode'],
    'unpin/symlink-grace-period': ['symlink'],
    'unpin/map-at-once': ['functions.bpf_destroy_inode'],
  },
  outcome: {
    steps: { unlinkSymlink: null, unlinkPin: null },
    functions: { bpf_destroy_inode: null, bpf_free_inode: null, free_inode_nonrcu: null },
    symlink: 'after unlink',
    pin: 'after unlink',
  },
  knownBugs: [
    releasedLate({ 'functions.bpf_destroy_inode': NO_SUCH_FUNCTION }),
    {
      title: 'the inode and the target of a symlink are freed without a grace period (CVE-2026-74363)',
      fix: 'b93c55b4932d',
      cve: ['CVE-2026-74363'],
      introducedIn: ['6.1.157', '6.12.54', '6.17.4', '6.18'],
      fixedIn: ['6.1.178', '6.12.97', '7.2'],
      link: 'https://git.kernel.org/torvalds/c/b93c55b4932d',
      instead: { 'functions.bpf_free_inode': NO_SUCH_FUNCTION, symlink: 'during unlink', pin: 'during unlink' },
    },
  ],
});
