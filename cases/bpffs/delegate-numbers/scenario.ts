import { eachOf, scenario } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const OPTIONS = [
  'delegate_cmds=0x1',
  'delegate_maps=0x1',
  'delegate_progs=0x1',
  'delegate_attachs=0x1',
  'delegate_cmds=33',
  'delegate_cmds=0x21',
  'delegate_cmds=041',
  'delegate_cmds=+1',
  'delegate_cmds=0',
  'delegate_cmds=0x0',
  'delegate_cmds=any',
  'delegate_maps=any',
  'delegate_progs=any',
  'delegate_attachs=any',
  'delegate_cmds=0x1fffffffff',
  'delegate_maps=0x3ffffffff',
  'delegate_progs=0x1ffffffff',
  'delegate_attachs=0x1ffffffffffffff',
  'delegate_cmds=0xffffffffffffffff',
  'delegate_maps=0xffffffffffffffff',
  'delegate_progs=0xffffffffffffffff',
  'delegate_attachs=0xffffffffffffffff',
  'delegate_cmds=0x8000000000000000',
  'delegate_cmds=0x8000000000000001',
  'delegate_cmds=0x10000000000000000',
  'delegate_maps=18446744073709551616',
] as const;

export default scenario(async ({ guest }) => {
  const mounted = await mountEach(guest.root, OPTIONS);
  return { shown: eachOf(mounted, inALine) };
});
