import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leak } from '../expect/outcome.ts';
import type { GuestMachine } from '../guest/guest-machine.ts';
import { awaitGuest } from '../guest/limits/waiting.ts';
import { KernelLog } from './kernel-log.ts';
import { scanForLeaks } from './kmemleak.ts';
import { readSplats } from './splats/splats.ts';
import { caseConsole, type Watching } from './watch.ts';

/** The result of testing the oracles on one kernel. An oracle in neither list has found its planted fault. */
export interface OracleProof {
  /** oracle → what it did not see: it must not be trusted */
  readonly silent: Readonly<Record<string, string>>;
  /** oracle → why no fault could be planted for it on this kernel */
  readonly unproven: Readonly<Record<string, string>>;
}

export const PLANTED = 'planted by kconform';
/** LKDTM (Documentation/fault-injection/provoke-crashes.rst), where it is built in. */
const CRASH_POINT = '/sys/kernel/debug/provoke-crash/DIRECT';
export const TAINT_WARN = 512;

/**
 * Plants faults in a guest that is thrown away afterwards and looks whether each oracle sees its own: a record on the console,
 * a taint flag, a warning where the kernel can be told to make one, at last a crash.
 * @param leakModule the kernel's own module that leaks, built for it (samples/kmemleak/kmemleak-test.c)
 * @throws what keeps the guest from being tried at all
 */
export async function tryOracles(
  machine: GuestMachine,
  watching: Watching,
  leakModule: string | undefined,
): Promise<OracleProof> {
  const { qemu, control } = machine;
  const silent: Record<string, string> = {};
  const unproven: Record<string, string> = {};
  const within = <T>(promise: Promise<T>, awaited: string, limitMs = watching.limits.cloneMs) =>
    awaitGuest(qemu, promise, { awaited, limitMs, signal: watching.signal });

  await within(control.writeFile('/dev/kmsg', `<1>BUG: ${PLANTED}`), 'planted record');
  await within(control.writeFile('/proc/sys/kernel/tainted', String(TAINT_WARN)), 'planted taint');
  // A machine may ask for a panic at each warning. That is right for a case, and not for the planted warning.
  await within(control.writeFile('/proc/sys/kernel/panic_on_warn', '0'), 'answer of a guest with planted faults');
  const crash = await within(control.writeFile(CRASH_POINT, 'WARNING'), 'planted warning');
  const health = await within(control.settle(), 'answer of a guest with planted faults');
  const splats = readSplats(caseConsole(machine));
  const log = new KernelLog(control);
  await within(log.read(), 'kernel log');

  if (!splats.some(({ title }) => title.includes(PLANTED))) silent.splats = 'a record planted in the kernel log';
  if (!log.isWhole && !log.isLost) unproven.log = 'this kernel has no /dev/kmsg';
  else if (!log.text().includes(`BUG: ${PLANTED}`)) silent.splats = 'a planted record when it read /dev/kmsg';
  if ((health.taint & TAINT_WARN) === 0) silent.taint = 'a planted taint flag';
  if (health.warnings === null) unproven.counters = 'this kernel has no warn_count';
  else if (crash !== 0) unproven.counters = 'this kernel cannot be made to warn (no LKDTM)';
  else if (health.warnings <= (machine.healthBefore.warnings ?? 0)) silent.counters = 'a warning made by LKDTM';
  if (crash === 0 && !splats.some(({ kind }) => kind === 'WARNING')) silent.splats = 'a warning made by LKDTM';

  const planted = await plantLeak(machine, leakModule);
  const scan = await within(scanForLeaks(control, watching.rest), 'scan for leaks', watching.limits.scenarioMs);
  if ('unavailable' in scan) unproven.kmemleak = scan.unavailable;
  else if (planted !== true) unproven.kmemleak = planted;
  else if (!scan.leaks.some(isPlanted)) silent.kmemleak = 'what the module kmemleak-test leaked';

  control.writeFile('/proc/sysrq-trigger', 'c').catch(() => undefined); // the guest dies of it
  const ending = await Promise.race([qemu.ended, sleep(watching.limits.cloneMs, undefined, { ref: false })]);
  if (ending?.kind !== 'panic') silent.panic = `a crash by sysrq (${ending?.kind ?? 'the guest lives on'})`;
  else if (!readSplats(caseConsole(machine)).some(({ kind }) => kind === 'panic'))
    silent.splats = 'the report of a crash';
  return { silent, unproven };
}

/** True, or why nothing could be made to leak. */
async function plantLeak(machine: GuestMachine, leakModule: string | undefined): Promise<true | string> {
  if (leakModule === undefined) return 'no leak can be planted in this kernel (no kmemleak-test.ko beside it)';
  const stdin = await readFile(leakModule);
  const loaded = await machine.agent.exec('cat > /run/leak.ko && insmod /run/leak.ko', { stdin });
  return loaded.exitCode === 0 || `kmemleak-test.ko could not be loaded: ${loaded.stderr.toString('utf8').trim()}`;
}

function isPlanted({ backtrace }: Leak): boolean {
  return backtrace.some((frame) => frame.startsWith('kmemleak_test_init+'));
}
