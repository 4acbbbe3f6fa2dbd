import { scenario } from 'kconform';
import { byName } from '../../calls.ts';
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
    accepted: byName(ACCEPTED, (options) => ({
      shown: inALine(accepted[options]),
      mode: accepted[options].root?.mode.toString(8) ?? null,
    })),
    refused: byName(REFUSED, (options) => inALine(refused[options])),
  };
});
