/** What cannot have a schedule, and why. */
import type { LoadedScenario } from '../../authors/scenarios.ts';
import { KconformError } from '../../errors/error.ts';
import { needsLeaks } from '../../expect/judge/oracles.ts';
import type { Machine } from '../../machine/machine.ts';
import type { ProgramScenario } from '../../scenario/forms/inputs.ts';
import type { Case } from '../discovery/case.ts';

/** A race needs two. */
export const DEFAULT_CPUS = 2;
/** Of the eight that a machine can have, the pacer takes one. */
const MOST_CPUS = 7;

/** A scenario that is one command. */
export type CommandScenario = ProgramScenario & Required<Pick<ProgramScenario, 'runCommand'>>;

/** The scenario as one command; undefined where it talks to the host while it runs. */
function commandOf(scenario: LoadedScenario): CommandScenario | undefined {
  if (scenario.kind === 'typescript' || scenario.runCommand === undefined) return undefined;
  return { ...scenario, runCommand: scenario.runCommand };
}

/** @throws KC_SCHEDULE (case) for a scenario that talks to the host while it runs */
export function commandScenario(scenario: LoadedScenario, file: string): CommandScenario {
  const command = commandOf(scenario);
  if (command !== undefined) return command;
  throw scheduleError(
    `${file} cannot run under a schedule: only scenarios in shell (.sh) and C (.c) without arguments can`,
    'a scenario in TypeScript talks to the host while it runs, at moments that the host chooses; write the race in C',
  );
}

/** Why a machine cannot have a schedule; undefined where it can. */
export function unscheduledMachine({ disks, net, cpus = DEFAULT_CPUS }: Machine): string | undefined {
  const devices = disks !== undefined ? 'disks' : net !== undefined ? 'network interfaces' : undefined;
  if (devices !== undefined)
    return `a machine with a schedule cannot have ${devices}: they answer at moments that the host chooses`;
  return cpus > MOST_CPUS ? `a machine with a schedule can have ${MOST_CPUS} CPUs at the most` : undefined;
}

/**
 * Why a case cannot run on its machine, which has a schedule; undefined where it can, or has none.
 * @param leaks whether leaks are looked for in all cases
 */
export function unscheduled({ machine, loaded }: Pick<Case, 'machine' | 'loaded'>, leaks: boolean): string | undefined {
  if (machine.schedule === undefined || loaded instanceof Error) return undefined;
  const { scenario, expectation } = loaded;
  if (commandOf(scenario) === undefined)
    return 'only scenarios in shell (.sh) and C (.c) without arguments can run under a schedule';
  if (leaks || needsLeaks(expectation)) return 'a guest with a schedule cannot be scanned for leaks';
  return unscheduledMachine(machine);
}

/** @param hint what to do instead */
export function scheduleError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_SCHEDULE', blame: 'case', hint });
}
