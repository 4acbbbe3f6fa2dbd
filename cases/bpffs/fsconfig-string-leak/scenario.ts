import { FSCONFIG, scenario, syscall } from 'kconform';
import { unreclaimableKiB } from '../slab.ts';

/** 256 bytes of slab for each are 500 KiB; what was free in the slab before hides some 40 of them. */
const CALLS = 2000;
/** A number of 254 characters: the longest string that fsconfig(2) takes, and so 256 bytes of slab for each that leaks. */
const LONGEST = `0x${'0'.repeat(251)}1`;

export default scenario(async ({ guest }) => {
  const grownBy = async (key: string, value: string) => {
    const context = await guest.root.fsopen('bpf');
    const calls = [syscall('fsconfig', context.value, FSCONFIG.SET_STRING, key, value, 0)] as const;
    await guest.root.batch(calls); // what the first call allocates stays
    const before = await unreclaimableKiB(guest);
    const { iterations, calls: summaries } = await guest.root.batch(calls, { repeat: CALLS });
    const grown = (await unreclaimableKiB(guest)) - before;
    await guest.root.close(context.value);
    return {
      iterations,
      failures: summaries[0]?.failures ?? -1,
      errno: summaries[0]?.firstError ?? null,
      grownKiB: grown,
    };
  };
  return {
    accepted: await grownBy('delegate_cmds', LONGEST),
    rejected: await grownBy('delegate_maps', LONGEST.replace(/1$/, 'z')),
    neverParsed: await grownBy('uid', LONGEST),
  };
});
