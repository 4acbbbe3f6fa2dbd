import { expect, test } from 'vitest';
import { expectation } from '../expect/expectation.ts';
import { commitsOf, cveOf, namesCommit } from './cve.ts';

const bugs = expectation({
  about: 'a',
  commit: 'made',
  outcome: { a: 1 },
  knownBugs: [
    { title: 't', fix: 'late', fixedIn: [], instead: { a: 2 }, cve: ['CVE-2026-1111'] },
    { title: 'u', fix: null, fixedIn: [], instead: { a: 3 }, cve: ['CVE-2026-2222'] },
  ],
});
const whole = expectation({ about: 'a', commit: ['one', 'two'], cve: ['CVE-2026-1111'], outcome: { a: 1 } });

test('a number leads to the fixes of bugs, and to the commits of cases as a whole', () => {
  expect(cveOf(bugs)).toEqual(['CVE-2026-1111', 'CVE-2026-2222']);
  expect([...commitsOf('CVE-2026-1111', [bugs, whole])]).toEqual(['late', 'one', 'two']);
  expect([...commitsOf('CVE-2026-2222', [bugs, whole])]).toEqual([]);
  expect([...commitsOf('CVE-2026-111', [bugs, whole])]).toEqual([]);
});

test('a case names a commit, by itself or by a bug, also without the number', () => {
  expect(namesCommit(bugs, new Set(['late']))).toBe(true);
  expect(namesCommit(bugs, new Set(['made']))).toBe(true);
  expect(namesCommit(whole, new Set(['late', 'three']))).toBe(false);
});
