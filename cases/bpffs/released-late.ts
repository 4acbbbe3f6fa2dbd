import type { KnownBug } from 'kconform';

/**
 * Until commit ee04cff9ed4d what was pinned was released by the callback that frees the inode: after an RCU grace period, in
 * softirq. A hash map with timers or work queues offers to be rescheduled while it is released, which must not be done there.
 */
export const releasedLate = (instead: KnownBug['instead'], splats: KnownBug['splats'] = []): KnownBug => ({
  title: 'the object is released after an RCU grace period, in atomic context',
  fix: 'ee04cff9ed4d',
  fixedIn: ['6.1.157', '6.12.54', '6.17.4', '6.18'],
  link: 'https://git.kernel.org/torvalds/c/4f375ade6aa9',
  instead,
  splats,
});
