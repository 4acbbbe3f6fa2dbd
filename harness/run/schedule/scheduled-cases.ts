import type { LoadedScenario } from '../../authors/scenarios.ts';
import { asKconformError, KconformError } from '../../errors/error.ts';
import { unmetInGuest } from '../../expect/needs.ts';
import type { Schedule } from '../../guest/deterministic/arguments.ts';
import { runScheduled } from '../../guest/deterministic/scheduled-guest.ts';
import type { MachineSpec } from '../../guest/qemu/machine.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { type Machine, withoutSchedule } from '../../machine/machine.ts';
import type { OracleProof } from '../../oracles/canaries.ts';
import { PLANT, provedBy, untilPlanted } from '../../oracles/scheduled.ts';
import { quote } from '../../scenario/api/guest.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { withProof } from '../case/observe.ts';
import { type ObservationSetting, type Observed, probesOf, type Steering } from '../case/observe-case.ts';
import type { MachineInputs } from '../kernel-machines.ts';
import { observeScheduled, resultOf, scheduledLimitMs } from './observe-scheduled.ts';
import { commandScenario, DEFAULT_CPUS } from './refusals.ts';
import { scheduledMachine } from './scheduled-machine.ts';

/** A kernel, and a machine with a schedule. */
export interface ScheduledKind {
  readonly kernel: Kernel;
  readonly machine: Machine & Required<Pick<Machine, 'schedule'>>;
}

/** Where a case runs under a schedule. */
export interface ScheduledCaseSetting extends Pick<ObservationSetting, 'symbols' | 'signal' | 'onNotice'> {
  readonly progress: (message: string) => void;
  /** Waits until the host has room for the guest. */
  begin(inputs: MachineInputs): Promise<void>;
  /** Takes the first boot of each machine, which is to be judged. */
  onBoot(machine: Machine, boot: BootRecord): void;
  /** Whether the kernel boots on the machine without a schedule. */
  bootsOn(machine: Machine): Promise<boolean>;
}

const NOTHING = Buffer.alloc(0);
/** Of what kconform asks a guest for itself, on the guest's clock. */
const ASKING_MS = 10_000;

/** Observes cases under schedules. Each guest boots for its case; one more of each machine, in which faults are planted, tries the oracles. */
export class ScheduledCases {
  readonly #proofs = new Map<string, Promise<OracleProof>>();

  /** As observeCase: never throws. */
  async observe(
    kind: ScheduledKind,
    scenario: LoadedScenario,
    steering: Steering,
    setting: ScheduledCaseSetting,
  ): Promise<Observed> {
    const transcript = new Transcript();
    transcript.note(`schedule ${kind.machine.schedule}: the work lies in the guest, SSH is not used`);
    const end = (rest: Partial<Observed>) => ({ console: '', variations: [], ...rest, transcript: transcript.text() });
    try {
      const command = commandScenario(scenario, 'the scenario');
      const inputs = await scheduledMachine(kind, setting.progress, setting.signal);
      await setting.begin(inputs);
      const schedule = { seed: kind.machine.schedule, limitMs: steering.limitMs ?? scheduledLimitMs(command) };
      const { spec } = inputs;
      const proof = await this.#proofOf(spec, kind.machine, setting);
      const unmet = await unmetInGuest(steering.needs, probesIn(spec, schedule, setting.signal));
      if (unmet !== undefined) return end({ unmet });
      const { symbols, signal, onNotice } = setting;
      const seen = await observeScheduled(command, { spec, schedule, symbols, signal, ...(onNotice && { onNotice }) });
      if ('unmet' in seen) return end(seen);
      const { console, outcome, failure } = seen;
      transcript.observed(outcome.observations ?? {});
      return end({
        console,
        outcome: { ...outcome, oracles: withProof(outcome.oracles, proof) },
        ...(failure && { error: failure }),
      });
    } catch (thrown) {
      return end({ error: asKconformError(thrown, 'harness', 'KC_BUG') });
    }
  }

  #proofOf(spec: MachineSpec, machine: Machine, setting: ScheduledCaseSetting): Promise<OracleProof> {
    const key = JSON.stringify(spec);
    const known = this.#proofs.get(key) ?? prove(spec, machine, setting);
    this.#proofs.set(key, known);
    known.catch(() => this.#proofs.delete(key)); // the next case may have more luck; this one has the error
    return known;
  }
}

/** @throws why the guest did not come to its end */
async function prove(spec: MachineSpec, machine: Machine, setting: ScheduledCaseSetting): Promise<OracleProof> {
  const startedAt = performance.now();
  const schedule = { seed: 0, limitMs: ASKING_MS };
  const run = await runScheduled(spec, { command: PLANT, input: NOTHING }, schedule, { signal: setting.signal });
  const { answers, failure } = run;
  if (answers === undefined) throw await orScheduleAtFault(failure, withoutSchedule(machine), setting);
  const ms = Math.round(performance.now() - startedAt);
  const console = untilPlanted(run.boot + run.console);
  setting.onBoot({ cpus: DEFAULT_CPUS, ...withoutSchedule(machine) }, { console, health: answers.before, ms });
  return provedBy(answers, run.console);
}

/** A kernel that boots without a schedule is not called broken for the machine that a schedule needs. */
async function orScheduleAtFault(
  failure: KconformError | undefined,
  machine: Machine,
  { bootsOn }: ScheduledCaseSetting,
): Promise<KconformError> {
  const cause = failure ?? new KconformError('the guest left no answers', { code: 'KC_GUEST_INIT', blame: 'harness' });
  if (cause.blame !== 'kernel' || !(await bootsOn(machine))) return cause;
  return new KconformError(`the kernel does not boot with a schedule, but without one: ${cause.message}`, {
    code: 'KC_MACHINE_BOOT',
    blame: 'case',
    hint: 'look at the console: a parameter, a module or the emulation with -icount may be at fault; leave out the schedule',
    evidence: cause.evidence,
    cause,
  });
}

/** Each question has a guest of its own, as nothing reaches the one of the scenario. */
function probesIn(spec: MachineSpec, { seed }: Schedule, signal: AbortSignal) {
  const schedule = { seed, limitMs: ASKING_MS };
  const ask = async (command: string) => {
    const run = await runScheduled(spec, { command, input: NOTHING }, schedule, { signal });
    const { exitCode, signal: killedBy } = resultOf(run, schedule);
    if (exitCode === 0 || exitCode === 1) return exitCode === 0;
    throw new KconformError(`the guest cannot answer \`${command}\` (${killedBy ?? `exit code ${exitCode}`})`, {
      code: 'KC_AGENT',
      blame: 'harness',
    });
  };
  return probesOf({
    exists: (path) => ask(`test -e ${quote(path)}`),
    hasWord: (path, word) => ask(`test -e ${quote(path)} && grep -qw ${quote(word)} ${quote(path)}`),
  });
}
