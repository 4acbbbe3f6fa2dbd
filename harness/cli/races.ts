import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { KconformError } from '../errors/error.ts';
import type { Case } from '../run/discovery/case.ts';

/** Which races a command takes: those that are named, no case but races, or all with the other cases. */
export type Races = 'named' | 'only' | 'all';

export interface RacesChoice {
  readonly races?: true;
}

export function racesOption(command: Command): Command {
  return command.addOption(
    new Option('--races', 'run only cases that are races (default: leave out races that are not named)'),
  );
}

/**
 * The cases that the command takes.
 * @param names what the command line names
 * @param races undefined for a command without --races, which takes those that are named
 * @param say takes a line about races that are left out
 * @throws KC_NO_CASES where none is left
 */
export function withRaces(
  cases: readonly Case[],
  names: readonly string[],
  races: Races | undefined,
  say: (line: string) => void,
): Case[] {
  if (races === 'all') return [...cases];
  const found = cases.filter(isRace);
  if (races === 'only') {
    if (found.length === 0) throw noCases('no case is a race', 'npx kconform run without --races');
    return found;
  }
  const out = found.filter((one) => !names.some((name) => isNameOf(name, one)));
  const left = cases.filter((one) => !out.includes(one));
  const [first] = out;
  if (first === undefined) return left;
  if (left.length === 0) {
    const how = `name one of them: ${first.name}`;
    throw noCases(`only races are left: ${list(out)}`, races === undefined ? how : `use --races, or ${how}`);
  }
  const how = races === undefined ? 'a race runs if it is named' : '--races runs them';
  say(`${out.length} ${out.length === 1 ? 'race is' : 'races are'} left out; ${how}`);
  return left;
}

/** Whether the case is a known bug that shows only in some runs. */
export function isRace({ loaded }: Case): boolean {
  return !(loaded instanceof KconformError) && loaded.expectation.race !== undefined;
}

/** Whether the argument means this case, and not a group of cases. */
function isNameOf(argument: string, { name, folder }: Case): boolean {
  return argument.replace(/\/+$/, '') === name || resolve(argument) === folder;
}

function list(cases: readonly Case[]): string {
  return cases.map(({ name }) => name).join(', ');
}

function noCases(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_NO_CASES', blame: 'host', hint });
}
