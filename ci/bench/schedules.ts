import { fileURLToPath } from 'node:url';
import { loadScenario } from '../../harness/authors/scenarios.ts';
import type { Kernel } from '../../harness/kernels/kernel.ts';
import type { Environment, GuestSource } from '../../harness/run/environment.ts';
import { observeScheduled } from '../../harness/run/schedule/observe-scheduled.ts';
import { type CommandScenario, commandScenario } from '../../harness/run/schedule/refusals.ts';
import { scheduledMachine } from '../../harness/run/schedule/scheduled-machine.ts';
import type { CommandContext } from '../../harness/scenario/forms/inputs.ts';
import { endedChildrenMs, processorMs, type Samples } from './samples.ts';

/** On the clock of the guest. */
const LIMIT_MS = 60_000;
/** The first is a boot with nothing to do. */
const SCENARIOS = { Boot: 'nothing.sh', Counting: 'counting.c', PingPong: 'ping-pong.c' };

type Scenarios = readonly (readonly [string, CommandScenario])[];
type Add = (figure: string, cost: Cost) => void;

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/**
 * What a schedule costs: a boot and two scenarios with two CPUs under ordinary emulation, and the same under a schedule.
 * @returns measures each once, with this seed
 */
export async function prepareSchedules(
  kernel: Kernel,
  environment: Environment,
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<(seed: number, samples: Samples) => Promise<void>> {
  const kind = { kernel, machine: { cpus: 2 } };
  const guests = await environment.guestsOf(kind, 'cold', progress, signal);
  const { spec } = await scheduledMachine(kind, progress, signal);
  const scenarios: [string, CommandScenario][] = [];
  for (const [name, file] of Object.entries(SCENARIOS)) {
    const path = fileURLToPath(new URL(`scenarios/${file}`, import.meta.url));
    const scenario = await loadScenario(path);
    await scenario.compile?.();
    scenarios.push([name, commandScenario(scenario, path)]);
  }
  return async (seed, samples) => {
    const add: Add = (figure, { ms, cpuMs }) => {
      samples.add(`${figure}Ms`, ms);
      samples.add(`${figure}CpuMs`, cpuMs);
    };
    await measureOrdinary(guests, scenarios, add, signal);
    const schedule = { seed, limitMs: LIMIT_MS };
    await measureScheduled(scenarios, { spec, schedule, symbols: undefined, signal }, add);
  };
}

/** One after another in one guest; the first includes its boot. */
async function measureOrdinary(
  guests: GuestSource,
  scenarios: Scenarios,
  add: Add,
  signal: AbortSignal,
): Promise<void> {
  let before: Cost = { ms: performance.now(), cpuMs: 0 };
  await using machine = await guests.start(signal);
  const { agent, qemu } = machine;
  const exec: CommandContext['guest']['exec'] = (command, options) => agent.exec(command, options);
  for (const [name, scenario] of scenarios) {
    const { exitCode } = await scenario.runCommand({ guest: { exec }, signal });
    if (exitCode !== 0) throw new TypeError(`${name} ended with ${exitCode}`);
    const now = { ms: performance.now(), cpuMs: processorMs(qemu.pid) };
    add(`twoCpus${name}`, difference(now, before));
    before = now;
  }
}

/** Each in a guest of its own; the boot with the same seed is the same up to the scenario, and is subtracted. */
async function measureScheduled(
  scenarios: Scenarios,
  setting: Parameters<typeof observeScheduled>[1],
  add: Add,
): Promise<void> {
  let boot: Cost | undefined;
  for (const [name, scenario] of scenarios) {
    const before = { ms: performance.now(), cpuMs: endedChildrenMs() };
    const run = await observeScheduled(scenario, setting);
    const whole = difference({ ms: performance.now(), cpuMs: endedChildrenMs() }, before);
    if (!('outcome' in run) || run.outcome.observations?.exitCode !== 0)
      throw new TypeError(`${name} failed under schedule ${setting.schedule.seed}: ${JSON.stringify(run)}`);
    add(`scheduled${name}`, boot === undefined ? whole : difference(whole, boot));
    boot ??= whole;
  }
}

function difference(later: Cost, earlier: Cost): Cost {
  return { ms: later.ms - earlier.ms, cpuMs: later.cpuMs - earlier.cpuMs };
}
