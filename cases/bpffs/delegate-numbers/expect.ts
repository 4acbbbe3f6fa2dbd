import { anyOf, byConfig, byVersion, containing, expectation, matching } from 'kconform';
import { commonAttrsShift } from '../common-attrs-shift.ts';
import { sinceDelegation } from '../since.ts';
import type scenario from './scenario.ts';

/** A kernel without BTF has no names to show. */
const bits = (option: string, names: string, mask: string) =>
  byVersion({ '6.1': '', '6.9': byConfig('DEBUG_INFO_BTF', `${option}=${names}`, `${option}=${mask}`) });

/** All bits that 6.12 knows of an option; later kernels, which know more, show them one by one. */
const allOf612 = (option: string, since: string) =>
  byVersion({
    '6.1': '',
    '6.9': matching(new RegExp(`^${option}=`)),
    '6.12': `${option}=any`,
    [since]: anyOf(containing(':'), containing('=0x')),
  });

export default expectation<typeof scenario>({
  about: 'a delegation option accepts "any" or a mask in any notation, and shows the bits that the kernel knows',
  commit: '6fe01d3cbb92',
  source: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
  versions: ['6.1'],
  behaviours: {
    'delegation/cmds': ['shown.delegate_cmds=0x1', 'shown.delegate_cmds=any'],
    'delegation/maps': ['shown.delegate_maps=0x1', 'shown.delegate_maps=any'],
    'delegation/progs': ['shown.delegate_progs=0x1', 'shown.delegate_progs=any'],
    'delegation/attachs': ['shown.delegate_attachs=0x1', 'shown.delegate_attachs=any'],
    'delegation/number': [
      'shown.delegate_cmds=33',
      'shown.delegate_cmds=0x21',
      'shown.delegate_cmds=041',
      'shown.delegate_cmds=+1',
    ],
    'delegation/zero': ['shown.delegate_cmds=0', 'shown.delegate_cmds=0x0'],
    'delegation/any': ['shown'],
    'delegation/unknown-bits': ['shown.delegate_cmds=0x8000000000000000', 'shown.delegate_cmds=0x8000000000000001'],
    'delegation/too-large': ['shown.delegate_cmds=0x10000000000000000', 'shown.delegate_maps=18446744073709551616'],
    'delegation/initial-userns': 'all',
  },
  outcome: {
    shown: {
      'delegate_cmds=0x1': bits('delegate_cmds', 'map_create', '0x1'),
      'delegate_maps=0x1': bits('delegate_maps', 'unspec', '0x1'),
      'delegate_progs=0x1': bits('delegate_progs', 'unspec', '0x1'),
      'delegate_attachs=0x1': bits('delegate_attachs', 'cgroup_inet_ingress', '0x1'),
      'delegate_cmds=33': bits('delegate_cmds', 'map_create:prog_load', '0x21'),
      'delegate_cmds=0x21': bits('delegate_cmds', 'map_create:prog_load', '0x21'),
      'delegate_cmds=041': bits('delegate_cmds', 'map_create:prog_load', '0x21'),
      'delegate_cmds=+1': bits('delegate_cmds', 'map_create', '0x1'),
      'delegate_cmds=0': '',
      'delegate_cmds=0x0': '',
      'delegate_cmds=any': sinceDelegation('', 'delegate_cmds=any'),
      'delegate_maps=any': sinceDelegation('', 'delegate_maps=any'),
      'delegate_progs=any': sinceDelegation('', 'delegate_progs=any'),
      'delegate_attachs=any': sinceDelegation('', 'delegate_attachs=any'),
      'delegate_cmds=0x1fffffffff': allOf612('delegate_cmds', '6.17'),
      'delegate_maps=0x3ffffffff': allOf612('delegate_maps', '6.19'),
      'delegate_progs=0x1ffffffff': sinceDelegation('', 'delegate_progs=any'),
      'delegate_attachs=0x1ffffffffffffff': allOf612('delegate_attachs', '6.13'),
      'delegate_cmds=0xffffffffffffffff': sinceDelegation('', 'delegate_cmds=any'),
      'delegate_maps=0xffffffffffffffff': sinceDelegation('', 'delegate_maps=any'),
      'delegate_progs=0xffffffffffffffff': sinceDelegation('', 'delegate_progs=any'),
      'delegate_attachs=0xffffffffffffffff': sinceDelegation('', 'delegate_attachs=any'),
      'delegate_cmds=0x8000000000000000': '',
      'delegate_cmds=0x8000000000000001': bits('delegate_cmds', 'map_create', '0x1'),
      'delegate_cmds=0x10000000000000000': sinceDelegation('', 'ERANGE'),
      'delegate_maps=18446744073709551616': sinceDelegation('', 'ERANGE'),
    },
  },
  knownBugs: [commonAttrsShift()],
});
