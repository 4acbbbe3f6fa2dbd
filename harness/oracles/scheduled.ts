import { HIDDEN_LOG, KMEMLEAK_NOT_ASKED, type OracleReports } from '../expect/outcome.ts';
import type { Answers } from '../guest/deterministic/answers.ts';
import type { OracleProof } from './canaries.ts';
import { judgeHealth } from './health.ts';
import { KernelLog } from './kernel-log.ts';
import { readSplats } from './splats/splats.ts';
import type { Symbols } from './splats/symbolise.ts';
import { splatsOf, symbolised } from './watch.ts';

/** A search boots one guest for each seed, and none to plant faults in. */
const NOT_TRIED = 'oracles are not tried in a guest with a schedule';

const PLANTED = 'planted by kconform';
const TAINT_WARN = 512;

/** A shell command that plants faults: a record in the kernel log, which is shown on the console, and a taint flag. */
export const PLANT = `echo '<1>BUG: ${PLANTED}' >/dev/kmsg; echo ${TAINT_WARN} >/proc/sys/kernel/tainted`;

/** Which oracles saw the faults that {@link PLANT} planted in a guest with a schedule. */
export async function provedBy({ after, log: part }: Answers, console: string): Promise<OracleProof> {
  const log = await logOf(part);
  const isShown = readSplats(console).some(({ title }) => title.includes(PLANTED));
  const isRead = log.text().includes(`BUG: ${PLANTED}`);
  const silent: Record<string, string> = {};
  if (!isShown) silent.splats = 'a record planted in the kernel log';
  else if (log.isWhole && !isRead) silent.splats = 'a planted record when it read /dev/kmsg';
  if ((after.taint & TAINT_WARN) === 0) silent.taint = 'a planted taint flag';
  const notPlanted = (what: string) => `${what} is planted in a guest with a schedule`;
  return {
    silent,
    unproven: {
      counters: notPlanted('no warning'),
      panic: notPlanted('no crash'),
      kmemleak: KMEMLEAK_NOT_ASKED,
      ...(log.isWhole ? {} : { log: 'this kernel has no /dev/kmsg' }),
    },
  };
}

async function logOf(part: Answers['log']): Promise<KernelLog> {
  const log = new KernelLog({ readLog: async () => part });
  await log.read();
  return log;
}

/** What the oracles saw of a scenario that ran under a schedule, and came to its end. */
export async function scheduledReports(
  { before, after, log: part }: Answers,
  console: string,
  symbols: Symbols | undefined,
): Promise<OracleReports> {
  const log = await logOf(part);
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
