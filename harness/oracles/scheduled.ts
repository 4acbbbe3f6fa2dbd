import { HIDDEN_LOG, KMEMLEAK_NOT_ASKED, type OracleReports } from '../expect/outcome.ts';
import type { Answers } from '../guest/deterministic/answers.ts';
import { judgeHealth } from './health.ts';
import { KernelLog } from './kernel-log.ts';
import type { Symbols } from './splats/symbolise.ts';
import { splatsOf, symbolised } from './watch.ts';

/** Nobody plants a fault in a guest with a schedule: each boots for one scenario. */
const NOT_TRIED = 'oracles are not tried in a guest with a schedule';

/** What the oracles saw of a scenario that ran under a schedule, and came to its end. */
export async function scheduledReports(
  { before, after, log: part }: Answers,
  console: string,
  symbols: Symbols | undefined,
): Promise<OracleReports> {
  const log = new KernelLog({ readLog: async () => part });
  await log.read();
  const splats = await symbolised(splatsOf(console, log), symbols);
  return {
    splats,
    leaks: [],
    ...judgeHealth(before, after, splats.length),
    unavailable: {
      kmemleak: KMEMLEAK_NOT_ASKED,
      ...(log.isWhole
        ? {}
        : { [HIDDEN_LOG]: 'records of the kernel log were lost: more was written to it than it holds' }),
    },
    unproven: { splats: NOT_TRIED },
  };
}
