import { expect, test } from 'vitest';
import type { LoadedScenario } from '../authors/scenarios.ts';
import { expectation } from '../expect/expectation.ts';
import type { Case } from '../run/discovery/case.ts';
import { type Races, withRaces } from './races.ts';

const NEVER_RUN: LoadedScenario = { kind: 'scenario', run: async () => ({}) };

function named(name: string, isRace: boolean): Case {
  const race = isRace ? { race: { hits: 50, runs: 50, kernel: '6.12.96' } } : {};
  return {
    name,
    argument: name,
    folder: `/cases/${name}`,
    machine: {},
    loaded: { scenario: NEVER_RUN, expectation: expectation({ about: 'a', outcome: {}, ...race }) },
  };
}

const CASES = [named('epoll/plain', false), named('epoll/zero', true), named('pipes/two', true)];

function chosen(names: readonly string[], races: Races | undefined = 'named', cases = CASES) {
  const said: string[] = [];
  const left = withRaces(cases, names, races, (line) => said.push(line)).map(({ name }) => name);
  return { left, said };
}

test('races are left out, and it is said', () => {
  const said = ['2 races are left out; --races runs them'];
  expect(chosen([])).toEqual({ left: ['epoll/plain'], said });
  expect(chosen(['epoll', 'pipes'])).toEqual({ left: ['epoll/plain'], said });
});

test('a race that is named is run', () => {
  const said = ['1 race is left out; --races runs them'];
  expect(chosen(['epoll/zero/', 'epoll'])).toEqual({ left: ['epoll/plain', 'epoll/zero'], said });
  expect(chosen(['/cases/pipes/two'])).toMatchObject({ left: ['epoll/plain', 'pipes/two'] });
});

test('--races runs races alone', () => {
  expect(chosen([], 'only')).toEqual({ left: ['epoll/zero', 'pipes/two'], said: [] });
  expect(chosen([], 'all')).toEqual({ left: CASES.map(({ name }) => name), said: [] });
});

test('no case that is left is an error that says why', () => {
  expect(() => chosen(['pipes'], 'named', CASES.slice(2))).toThrow('only races are left: pipes/two');
  expect(() => chosen([], 'only', CASES.slice(0, 1))).toThrow('no case is a race');
});

test('a command without --races does not name it', () => {
  const said: string[] = [];
  withRaces(CASES, [], undefined, (line) => said.push(line));
  expect(said).toEqual(['2 races are left out; a race runs if it is named']);
  const nothingLeft = () => withRaces(CASES.slice(2), ['pipes'], undefined, () => undefined);
  expect(nothingLeft).toThrow(expect.objectContaining({ hint: 'name one of them: pipes/two' }));
});
