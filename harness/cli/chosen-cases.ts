import type { Machine } from '../machine/machine.ts';
import { type Case, findCases } from '../run/discovery/cases.ts';
import { findDefaults } from './defaults.ts';

/** What a command says about cases. */
interface Choice {
  /** What --cases names. */
  readonly cases?: string | undefined;
  /** What the options ask of the machine. */
  readonly machine?: Machine;
}

/**
 * The cases that a command names, each with its machine.
 * @param names all cases if there are none
 * @throws as findCases
 */
export async function chosenCases(names: readonly string[], { cases, machine }: Choice): Promise<Case[]> {
  const defaults = await findDefaults();
  return findCases(cases ?? defaults.cases, names, { configuration: defaults.machine, options: machine });
}
