import type { Machine } from '../machine/machine.ts';
import { printUnbuilt } from '../report/text/unbuilt.ts';
import type { Case } from '../run/discovery/case.ts';
import { findCases } from '../run/discovery/cases.ts';
import { findDefaults } from './defaults.ts';
import { progressToStderr } from './options.ts';
import { type Races, withRaces } from './races.ts';

/** What a command says about cases. */
interface Choice {
  /** What --cases names. */
  readonly cases?: string | undefined;
  /** What the options ask of the machine. */
  readonly machine?: Machine;
  /** What --source names, for suites. */
  readonly source?: string | undefined;
  /** Whether the cases are only listed, so that no suite is built. */
  readonly namesOnly?: true;
  readonly signal?: AbortSignal;
  /** Undefined for a command without --races: those that are named. */
  readonly races?: Races;
  /** See SuiteOptions. Default: prints them at once. */
  readonly onUnbuilt?: (tests: readonly string[]) => void;
}

/**
 * The cases that a command names, each with its machine.
 * @param names all cases if there are none
 * @throws as findCases
 */
export async function chosenCases(
  names: readonly string[],
  { cases, machine, source, namesOnly, signal, races, onUnbuilt }: Choice,
): Promise<Case[]> {
  const defaults = await findDefaults();
  const machines = { configuration: defaults.machine, options: machine };
  const found = await findCases(cases ?? defaults.cases, names, machines, {
    progress: progressToStderr,
    onUnbuilt: onUnbuilt ?? ((tests) => process.stderr.write(`${printUnbuilt(tests).join('\n')}\n`)),
    ...(source !== undefined && { source }),
    ...(namesOnly && { namesOnly }),
    ...(signal && { signal }),
  });
  return withRaces(found, names, races, progressToStderr);
}
