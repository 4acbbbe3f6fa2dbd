import { scenario } from 'kconform';
import { mountEach } from '../mounting.ts';

/** All bits of 6.12 but the last: with the last they would be shown as any. */
const ALL_BUT_LAST = [
  'delegate_cmds=0xfffffffff',
  'delegate_maps=0x1ffffffff',
  'delegate_progs=0xffffffff',
  'delegate_attachs=0xffffffffffffff',
] as const;

const LAST = [
  'delegate_cmds=0x1000000000',
  'delegate_maps=0x200000000',
  'delegate_progs=0x100000000',
  'delegate_attachs=0x100000000000000',
] as const;

export default scenario(async ({ guest }) => {
  const [cmds, maps, progs, attachs] = ALL_BUT_LAST;
  const [cmd, map, prog, attach] = LAST;
  const mounted = await mountEach(guest.root, [...ALL_BUT_LAST, ...LAST]);
  const names = (all: (typeof ALL_BUT_LAST)[number], last: (typeof LAST)[number]) =>
    [all, last].flatMap(
      (options) => mounted[options].shown?.replace(/^\w+=/, '').split(':') ?? [mounted[options].errno],
    );
  return {
    delegate_cmds: names(cmds, cmd),
    delegate_maps: names(maps, map),
    delegate_progs: names(progs, prog),
    delegate_attachs: names(attachs, attach),
  };
});
