import { setTimeout as sleep } from 'node:timers/promises';
import { FSCONFIG, scenario } from 'kconform';

/** kmemleak reports no object younger than this (MSECS_MIN_AGE in mm/kmemleak.c). */
const AGE_LIMIT_MS = 5_500;
const KMEMLEAK = '/sys/kernel/debug/kmemleak';

export default scenario(async ({ guest }) => {
  const leakedBy = async (value: string) => {
    await guest.writeFile(KMEMLEAK, 'clear');
    const context = await guest.root.fsopen('bpf');
    await guest.root.program(
      [{ name: 'fsconfig', args: [context.value, FSCONFIG.setString, 'delegate_cmds', value, 0] }],
      { repeat: 100 },
    );
    await guest.root.close(context.value);
    await sleep(AGE_LIMIT_MS);
    for (let scan = 0; scan < 2; scan++) await guest.writeFile(KMEMLEAK, 'scan');
    return (await guest.readFile(KMEMLEAK)).match(/fsconfig/g)?.length ?? 0;
  };
  return {
    any: await leakedBy('any'),
    names: await leakedBy('prog_load:map_create'),
    rejected: await leakedBy('bogus'),
  };
});
