import { eachOf, scenario } from 'kconform';
import { inALine, mountEach } from '../mounting.ts';

const ACCEPTED = [
  'mode=0700',
  'mode=700',
  'mode=777',
  'mode=0',
  'mode=1700',
  'mode=4755',
  'mode=2755',
  'mode=7777',
  'mode=177777',
  'mode=700,mode=711',
] as const;

const REFUSED = ['mode=888', 'mode=0x1ff', 'mode=-1', 'mode=40000000000', 'mode=rwx', 'mode', 'mode='] as const;

export default scenario(async ({ guest }) => {
  const accepted = await mountEach(guest.root, ACCEPTED);
  const refused = await mountEach(guest.root, REFUSED);
  return {
    accepted: eachOf(accepted, (mounted) => ({
      shown: inALine(mounted),
      mode: mounted.root?.mode.toString(8) ?? null,
    })),
    refused: eachOf(refused, inALine),
  };
});
