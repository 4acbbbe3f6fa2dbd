import type { LoadedScenario } from '../../authors/scenarios.ts';
import { asKconformError } from '../../errors/error.ts';
import { unmetInGuest } from '../../expect/needs.ts';
import type { Schedule } from '../../guest/deterministic/arguments.ts';
import { runScheduled } from '../../guest/deterministic/scheduled-guest.ts';
import type { MachineSpec } from '../../guest/qemu/machine.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import type { OracleProof } from '../../oracles/canaries.ts';
import { PLANT, provedBy } from '../../oracles/scheduled.ts';
import { quote } from '../../scenario/api/guest.ts';
import { Transcript } from '../../scenario/api/transcript.ts';
import { withProof } from '../case/observe.ts';
import { type ObservationSetting, type Observed, probesOf, type Steering } from '../case/observe-case.ts';
import type { MachineInputs } from '../kernel-machines.ts';
import { commandScenario, observeScheduled, SCHEDULED_LIMIT_MS } from './observe-scheduled.ts';
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
}

const NOTHING = Buffer.alloc(0);

/** Observes cases under schedules, each in a guest that boots for it. One of each kind is spent on trying the oracles. */
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
      const schedule = { seed: kind.machine.schedule, limitMs: steering.limitMs ?? SCHEDULED_LIMIT_MS };
      const { spec } = inputs;
      const proof = await this.#proofOf(spec, setting.signal);
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

  #proofOf(spec: MachineSpec, signal: AbortSignal): Promise<OracleProof> {
    const key = JSON.stringify(spec);
    const known = this.#proofs.get(key) ?? prove(spec, signal);
    this.#proofs.set(key, known);
    known.catch(() => this.#proofs.delete(key)); // the next case may have more luck; this one has the error
    return known;
  }
}

/** @throws why the guest did not come to its end */
async function prove(spec: MachineSpec, signal: AbortSignal): Promise<OracleProof> {
  const schedule = { seed: 0, limitMs: SCHEDULED_LIMIT_MS };
  const run = await runScheduled(spec, { command: PLANT, input: NOTHING }, schedule, { signal });
  return provedBy(answersOf(run), run.console);
}

/** Each question has a guest of its own, as nothing reaches the one of the scenario. */
function probesIn(spec: MachineSpec, schedule: Schedule, signal: AbortSignal) {
  return probesOf({
    async exists(path) {
      const question = { command: `test -e ${quote(path)}`, input: NOTHING };
      const run = await runScheduled(spec, question, schedule, { signal });
      const { how, number } = answersOf(run).end;
      return how === 'exit' && number === 0;
    },
  });
}

function answersOf({ answers, failure }: Awaited<ReturnType<typeof runScheduled>>) {
  if (answers !== undefined) return answers;
  throw failure ?? new TypeError('a guest without answers has a failure');
}
