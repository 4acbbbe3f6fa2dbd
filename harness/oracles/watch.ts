import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { consoleLost, isFull } from '../cache/scratch-folder.ts';
import { HIDDEN_LOG, KMEMLEAK_NOT_ASKED, type OracleReports, type Splat } from '../expect/outcome.ts';
import type { GuestMachine } from '../guest/guest-machine.ts';
import type { Limits } from '../guest/limits/limits.ts';
import { awaitGuest } from '../guest/limits/waiting.ts';
import { judgeHealth } from './health.ts';
import { KernelLog } from './kernel-log.ts';
import { scanForLeaks } from './kmemleak.ts';
import { blameOutOfMemory } from './out-of-memory.ts';
import { readSplats } from './splats/splats.ts';
import { type Symbols, symbolise } from './splats/symbolise.ts';

/** What a callback or a work item prints after the scenario comes within this after the grace period. */
const QUIET_MS = 50;
const LOOK_MS = 2;
/** A report that is still being printed is waited for this long. */
const REPORT_LIMIT_MS = 3_000;

/** It was seen before the scenario, as a record is planted in every template. */
const HIDDEN_LOG_REASON =
  'after the scenario the console no longer showed a warning written to the kernel log; the scenario has lowered the console level, hidden /dev/kmsg or turned it off';

export interface Watching {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Whether to scan for leaks as well, which takes some six seconds of idling. */
  readonly leaks: boolean;
  /** For the frames of the kernel's splats. */
  readonly symbols?: Symbols | undefined;
  /** Waits while the guest idles. */
  rest(ms: number): Promise<void>;
}

/**
 * What every oracle saw of a case, once its scenario is over: late reports are waited for.
 * @throws KC_GUEST_PANIC, KC_GUEST_HANG and their like (kernel) when the guest dies or hangs after the scenario
 */
export async function askOracles(machine: GuestMachine, watching: Watching): Promise<OracleReports> {
  const { qemu, control } = machine;
  const wait = { limitMs: watching.limits.cloneMs, signal: watching.signal };
  const settled = () =>
    awaitGuest(qemu, control.settle(), { ...wait, awaited: 'answer of the guest after the scenario' });
  await settled();
  const scan = watching.leaks
    ? await awaitGuest(qemu, scanForLeaks(control, watching.rest), {
        ...wait,
        awaited: 'scan for leaks',
        limitMs: watching.limits.scenarioMs,
      })
    : { unavailable: KMEMLEAK_NOT_ASKED };
  await consoleQuiet(machine, QUIET_MS);
  const health = await settled();
  const log = new KernelLog(control);
  await awaitGuest(qemu, readToEnd(log), { ...wait, awaited: 'kernel log' });
  if (isFull(dirname(qemu.console.path))) throw consoleLost(dirname(qemu.console.path));
  const blind = log.isWhole ? undefined : await awaitGuest(qemu, blindness(machine, log), { ...wait, awaited: 'mark' });
  const reported = await symbolised(splatsOf(caseConsole(machine), log), watching.symbols);
  const splats = reported.filter(({ kind }) => kind !== 'panic');
  // Panic text of a guest that still answers was written by user space; a real panic is thrown here.
  if (splats.length < reported.length) await settled();
  return {
    splats,
    leaks: 'leaks' in scan ? scan.leaks : [],
    ...judgeHealth(machine.healthBefore, health, splats.length),
    unavailable: {
      ...('leaks' in scan ? {} : { kmemleak: scan.unavailable }),
      ...(blind === undefined ? {} : { [HIDDEN_LOG]: blind }),
    },
    unproven: {},
  };
}

/** Until no report in the log is half printed, and a little longer where there is one. */
async function readToEnd(log: KernelLog): Promise<void> {
  const until = performance.now() + REPORT_LIMIT_MS;
  await log.read();
  while (performance.now() < until && readSplats(log.text()).at(-1)?.state === 'cut off') {
    await sleep(QUIET_MS);
    if (!(await log.read())) return;
  }
}

/**
 * What the kernel reported. Where the whole log was read, it decides: text on the console that it does not have was printed by a
 * program. Where it was not, what either has counts, once.
 */
export function splatsOf(consoleText: string, log: Pick<KernelLog, 'text' | 'isWhole'>): Splat[] {
  const logged = readSplats(log.text());
  if (log.isWhole) return logged;
  const keyOf = ({ kind, title, at }: Splat) => JSON.stringify([kind, title, at]);
  const known = new Set(logged.map(keyOf));
  const shown = readSplats(consoleText).filter((splat) => !known.has(keyOf(splat)));
  return [...shown, ...logged].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

/** Why not all that the kernel said is known, when the log was not read whole; undefined when the console speaks for it. */
async function blindness(machine: GuestMachine, log: KernelLog): Promise<string | undefined> {
  // The console's level may have been lowered and raised again meanwhile, so that it cannot stand in for lost records.
  if (log.isLost) return 'records of the kernel log were lost: more was written to it than it holds';
  return (await endMarked(machine)) ? undefined : HIDDEN_LOG_REASON;
}

/**
 * Writes a record of a warning's level to the kernel log and waits until the console shows it: all that the kernel said before
 * has been read then. False when it never comes: the scenario has turned the console's level down, say.
 */
async function endMarked(machine: GuestMachine): Promise<boolean> {
  const mark = `kconform: the case ends here (${randomBytes(4).toString('hex')})`;
  await machine.control.writeFile('/dev/kmsg', `<4>${mark}`);
  for (const until = performance.now() + REPORT_LIMIT_MS; performance.now() < until; await sleep(LOOK_MS)) {
    if (caseConsole(machine).includes(mark)) return true;
  }
  return false;
}

/** What the console alone says of a guest that has died or hangs. */
export async function lastWords(machine: GuestMachine, symbols?: Symbols): Promise<OracleReports> {
  await consoleQuiet(machine, QUIET_MS);
  return wordsOf(caseConsole(machine), symbols);
}

/** What the console of a guest that has ended says. */
export async function wordsOf(console: string, symbols: Symbols | undefined): Promise<OracleReports> {
  const gone = 'the guest did not answer any more';
  const splats = await symbolised(readSplats(console), symbols);
  return { splats, leaks: [], taints: [], counters: [], unavailable: { kmemleak: gone, counters: gone }, unproven: {} };
}

/** With file and line where symbols are given, and with blame for those that the scenario itself is the reason for. */
export function symbolised(reported: Splat[], symbols: Symbols | undefined): Promise<Splat[]> | Splat[] {
  const splats = blameOutOfMemory(reported);
  return symbols === undefined || splats.length === 0 ? splats : symbolise(splats, symbols);
}

/** What the guest's console said since the case began. */
export function caseConsole({ qemu, consoleStart }: GuestMachine): string {
  return qemu.console.text().slice(consoleStart);
}

/** Until the console says nothing more and no report is left half printed. */
async function consoleQuiet(machine: GuestMachine, quietMs: number): Promise<void> {
  const until = performance.now() + REPORT_LIMIT_MS;
  for (let before = -1; performance.now() < until; ) {
    const { length } = machine.qemu.console.text();
    const open = before !== -1 && readSplats(caseConsole(machine)).at(-1)?.state === 'cut off';
    if (length === before && !open) return;
    before = length;
    await sleep(quietMs);
  }
}
