import { eachOf, expectation } from 'kconform';
import { CONFIG_OF_ALL_TYPES } from '../map-types.ts';
import type scenario from './scenario.ts';

/** What a type asks for beside the token, where unprivileged bpf is allowed. */
const ASKED = {
  hash: 'nothing',
  array: 'nothing',
  prog_array: 'nothing',
  perf_event_array: 'nothing',
  percpu_hash: 'nothing',
  percpu_array: 'nothing',
  stack_trace: 'bpf',
  cgroup_array: 'nothing',
  lru_hash: 'bpf',
  lru_percpu_hash: 'bpf',
  lpm_trie: 'bpf',
  array_of_maps: 'nothing',
  hash_of_maps: 'nothing',
  devmap: 'netAdmin',
  sockmap: 'netAdmin',
  cpumap: 'bpf',
  xskmap: 'netAdmin',
  sockhash: 'netAdmin',
  cgroup_storage_deprecated: 'nothing',
  reuseport_sockarray: 'bpf',
  percpu_cgroup_storage_deprecated: 'nothing',
  queue: 'bpf',
  stack: 'bpf',
  sk_storage: 'bpf',
  devmap_hash: 'netAdmin',
  ringbuf: 'nothing',
  inode_storage: 'bpf',
  task_storage: 'bpf',
  bloom_filter: 'bpf',
  user_ringbuf: 'nothing',
  cgrp_storage: 'bpf',
  arena: 'bpf',
} as const;

const createdWith = (capability: 'nothing' | 'bpf' | 'netAdmin') =>
  eachOf(ASKED, (asked) => (asked === 'nothing' || asked === capability ? null : 'EPERM'));

export default expectation<typeof scenario>({
  about:
    'with a token, the capability that a map type requires is checked in the user namespace; CAP_SYS_ADMIN also counts',
  commit: 'a177fc2bf6fd',
  source: 'https://git.kernel.org/torvalds/c/a177fc2bf6fd',
  versions: ['6.9'],
  needs: { config: CONFIG_OF_ALL_TYPES },
  behaviours: {
    'token-map/delegated': ['bpf', 'netAdmin'],
    'token-map/no-capability': ['nothing'],
    'token-map/network-map': ['bpf.devmap', 'netAdmin.devmap', 'bpf.devmap_hash', 'netAdmin.devmap_hash'],
    'token-map/sys-admin-for-bpf': ['sysAdmin'],
  },
  outcome: {
    nothing: createdWith('nothing'),
    bpf: createdWith('bpf'),
    netAdmin: createdWith('netAdmin'),
    sysAdmin: eachOf(ASKED, () => null),
  },
});
