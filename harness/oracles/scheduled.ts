import { HIDDEN_LOG, KMEMLEAK_NOT_ASKED, type OracleReports, type Splat } from '../expect/outcome.ts';
import type { Answers } from '../guest/deterministic/answers.ts';
import { type OracleProof, PLANTED, TAINT_WARN } from './canaries.ts';
import { judgeHealth } from './health.ts';
import { KernelLog } from './kernel-log.ts';
import { readSplats } from './splats/splats.ts';
import type { Symbols } from './splats/symbolise.ts';
import { splatsOf, symbolised } from './watch.ts';

/** A search boots one guest for each seed, and none to plant faults in. */
const NOT_TRIED = 'oracles are not tried in a guest with a schedule';

/** A shell command that plants faults: a record in the kernel log, which is shown on the console, and a taint flag. */
export const PLANT = `echo '<1>BUG: ${PLANTED}' >/dev/kmsg; echo ${TAINT_WARN} >/proc/sys/kernel/tainted`;

/** What a console says until the faults are planted: the boot. */
export function untilPlanted(console: string): string {
  const planted = console.indexOf(`BUG: ${PLANTED}`);
  return planted < 0 ? console : console.slice(0, console.lastIndexOf('\n', planted) + 1);
}

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

/**
 * What the kernel reported after the log had been read: during the restart. Without a record in the log, nothing tells such a report from
 * one of the boot. Where the log is not whole, the whole console counts already.
 */
function splatsAfter(log: KernelLog, console: string): Splat[] {
  const times = [...log.text().matchAll(/^\[ *(\d+\.\d+)\]/gm)].map(([, time]) => Number(time));
  if (!log.isWhole || times.length === 0) return [];
  const last = Math.max(...times);
  return readSplats(console).filter(({ at }) => at !== null && at > last);
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
  // Panic text of a guest that went on was written by user space.
  const reported = [...splatsOf(console, log), ...splatsAfter(log, console)].filter(({ kind }) => kind !== 'panic');
  const splats = await symbolised(reported, symbols);
  return {
    splats,
    leaks: [],
    ...judgeHealth(before, after, splats.length),
    unavailable: {
      kmemleak: KMEMLEAK_NOT_ASKED,
      ...(log.isWhole
        ? {}
        : {
            [HIDDEN_LOG]: log.isLost
              ? 'records of the kernel log were lost: more was written to it than it holds'
              : 'the kernel log cannot be read, and nothing shows that the console is whole',
          }),
    },
    unproven: { splats: NOT_TRIED },
  };
}
