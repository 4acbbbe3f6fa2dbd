import { bpf, eachOf, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVEN_BITS, ODD_BITS, ownToken } from '../delegation.ts';
import { programs } from '../prog-types.ts';

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const tokenFor = (progs: string) => ownToken(guest, child, { cmds: 'prog_load', progs, attachs: 'any' });
  const [even, odd] = [await tokenFor(EVEN_BITS), await tokenFor(ODD_BITS)];
  const loaded = (token: (type: number) => typeof even) =>
    child.errnos(
      eachOf(programs, (program) =>
        bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...program, token: token(program.type) })),
      ),
    );
  return {
    delegated: await loaded((type) => (type % 2 === 0 ? even : odd)),
    neighboursDelegated: await loaded((type) => (type % 2 === 0 ? odd : even)),
  };
});
