import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'an unlinked inode and symlink target outlive the RCU grace period, as a path walk may still read them',
  commit: ['53649846e043', 'ee04cff9ed4d'],
  source: 'https://git.kernel.org/torvalds/c/b93c55b4932d',
  needs: { config: ['KPROBE_EVENTS', 'MEMBARRIER'], files: ['/sys/kernel/tracing/kprobe_events'] },
  behaviours: {
    'unpin/inode-grace-period': ['symlink', 'pin', 'functions.bpf_free_inode'],
    'unpin/symlink-grace-period': ['symlink'],
    'unpin/map-at-once': ['functions.bpf_destroy_inode'],
  },
  outcome: {
    steps: {
      before: null,
      unlinkSymlink: null,
      unlinkPin: null,
      after: null,
      gracePeriod: null,
      nextGracePeriod: null,
    },
    functions: { bpf_destroy_inode: null, bpf_free_inode: null, free_inode_nonrcu: null },
    symlink: 'after unlink',
    pin: 'after unlink',
  },
  knownBugs: [
    {
      title: 'the object is released after an RCU grace period, in atomic context',
      fix: 'ee04cff9ed4d',
      fixedIn: ['6.12.54', '6.18'],
      link: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
      instead: { 'functions.bpf_destroy_inode': 'EINVAL' },
    },
    {
      title: 'the inode and the target of a symlink are freed without a grace period (CVE-2026-74363)',
      fix: 'b93c55b4932d',
      introducedIn: ['6.12.54', '6.18'],
      fixedIn: ['6.12.97', '7.2'],
      link: 'https://git.kernel.org/torvalds/c/b93c55b4932d',
      instead: { 'functions.bpf_free_inode': 'EINVAL', symlink: 'during unlink', pin: 'during unlink' },
    },
  ],
});
