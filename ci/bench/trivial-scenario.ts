import { scenario } from '../../harness/scenario/api/scenario.ts';

/** What the isolation of authors' code is measured with: commands and system calls, one after another. */
export default scenario(async ({ guest }) => {
  const modes: number[] = [];
  for (let round = 0; round < 5; round++) {
    await guest.$`true`;
    modes.push((await guest.stat('/')).mode);
  }
  return { modes };
});
