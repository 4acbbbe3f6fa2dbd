import { eachOf, scenario } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const OPTIONS = [
  'delegate_cmds=prog_load:0x1',
  'delegate_cmds=0x1:0x2',
  'delegate_cmds=any:0x1',
  'delegate_cmds=prog_load:map_create:0',
  'delegate_cmds=0x1:prog_load',
  'delegate_cmds=0x1:any',
] as const;

export default scenario(async ({ guest }) => {
  const mounted = await mountEach(guest.root, OPTIONS);
  return { shown: eachOf(mounted, inALine) };
});
