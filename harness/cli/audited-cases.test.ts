import { expect, test } from 'vitest';
import { KconformError } from '../errors/error.ts';
import { type ExpectationOf, expectation, type KnownBug, type UntypedScenario } from '../expect/expectation.ts';
import type { Case } from '../run/discovery/cases.ts';
import { scenario } from '../scenario/api/scenario.ts';
import { auditedCases } from './audited-cases.ts';

const CVE = 'CVE-2026-1111';
const bug = (more: Partial<KnownBug> = {}): KnownBug => ({
  title: 't',
  fix: 'fix',
  fixedIn: [],
  instead: { a: 2 },
  ...more,
});

function caseOf(name: string, loaded: Partial<ExpectationOf<UntypedScenario>> | KconformError): Case {
  const place = { name, argument: name, folder: `/cases/${name}`, machine: {} };
  if (loaded instanceof KconformError) return { ...place, loaded };
  const run = scenario(async () => ({ a: 1 }));
  return {
    ...place,
    loaded: { scenario: run, expectation: expectation({ about: 'a', outcome: { a: 1 }, ...loaded }) },
  };
}

const RACE = { hits: 40, runs: 50, kernel: '6.12.96' };
const ALL = [
  caseOf('a/declares', { knownBugs: [bug({ cve: [CVE] })] }),
  caseOf('a/same-fix', { knownBugs: [bug()] }),
  caseOf('a/about-the-fix', { commit: 'fix' }),
  caseOf('a/race', { knownBugs: [bug()], race: RACE }),
  caseOf('a/other', { commit: 'other', knownBugs: [bug({ fix: 'another' })] }),
  caseOf('a/bad', new KconformError('about is missing', { code: 'KC_CASE_BROKEN', blame: 'case' })),
];
const namesOf = (cases: readonly Case[]) => cases.map(({ name }) => name);

test('a CVE number takes all cases about its commits, and names those that could not be loaded', () => {
  const { heard, judged, unloaded, asked } = auditedCases(ALL, [], { cve: [CVE] });
  expect(namesOf(heard)).toEqual(['a/declares', 'a/same-fix', 'a/about-the-fix', 'a/race']);
  expect(namesOf(judged)).toEqual(['a/declares', 'a/same-fix', 'a/about-the-fix']);
  expect(unloaded).toEqual([{ case: 'a/bad', why: 'about is missing' }]);
  expect(asked).toEqual(new Map([[CVE, new Set(['fix'])]]));
});

test('without a number all cases are taken, also those that could not be loaded, which the run reports', () => {
  const { heard, judged, asked } = auditedCases(ALL, [], {});
  expect(namesOf(judged)).toEqual(namesOf(ALL).filter((name) => name !== 'a/race'));
  expect(heard).toEqual(judged);
  expect(asked).toBeUndefined();
});

test('results that are there may have races', () => {
  expect(namesOf(auditedCases(ALL, [], { results: ['out'] }).heard)).toEqual(namesOf(ALL));
});

test('a number that no case declares', () => {
  expect(() => auditedCases(ALL, [], { cve: ['CVE-2026-9999'] })).toThrow(
    expect.objectContaining({ code: 'KC_UNKNOWN_CVE', hint: `declared: ${CVE}; not loaded: a/bad` }),
  );
});
