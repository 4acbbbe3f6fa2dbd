import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about:
    'delegate_cmds, _maps, _progs and _attachs take numbers and names, and are shown as names in the order of their bits',
  commit: ['6fe01d3cbb92', '6c1752e0b6ca'],
  source: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
  versions: ['6.9'],
  needs: { config: ['DEBUG_INFO_BTF'] },
  outcome: {
    any: 'delegate_cmds=any',
    number: 'delegate_cmds=map_create',
    decimal: 'delegate_cmds=map_create:prog_load',
    octal: 'delegate_cmds=map_create:prog_load',
    zero: '',
    allBits: 'delegate_cmds=any',
    unknownBit: 'delegate_cmds=map_create',
    tooLarge: 'ERANGE',
    name: 'delegate_cmds=prog_load',
    names: 'delegate_cmds=map_create:prog_load',
    maps: 'delegate_maps=hash:array',
    progs: 'delegate_progs=kprobe',
    attachs: 'delegate_attachs=cgroup_inet_ingress:xdp',
    alias: 'delegate_cmds=prog_test_run',
    accumulated: 'delegate_maps=unspec:hash',
    order: 'uid=5,gid=6,mode=711,delegate_cmds=prog_load,delegate_maps=hash,delegate_progs=xdp,delegate_attachs=xdp',
    fullEnumerator: 'EINVAL',
    upperCaseAny: 'EINVAL',
    unknownName: 'EINVAL',
    oneUnknownName: 'EINVAL',
    emptyName: 'EINVAL',
    wrongSeparator: 'EINVAL',
    negative: 'EINVAL',
    noValue: 'EINVAL',
    empty: 'EINVAL',
    numberThenName: 'delegate_cmds=map_create:prog_load',
    nameThenNumber: 'delegate_cmds=map_create:prog_load',
  },
  knownBugs: [
    {
      title: 'a number in a list of names overwrites the names before it',
      fix: null,
      fixedIn: [],
      link: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
      instead: { nameThenNumber: 'delegate_cmds=map_create' },
    },
  ],
});
