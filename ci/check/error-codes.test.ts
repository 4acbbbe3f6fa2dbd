import { expect, test } from 'vitest';
import type { ErrorEntry } from '../../harness/errors/codes/entry.ts';
import { codeFaults } from './error-codes.ts';

const entry = (...blame: ErrorEntry['blame']) => ({ blame, what: 'It failed.', fix: 'Run again.' });
const faultsOf = (text: string, codes: Readonly<Record<string, ErrorEntry>>) =>
  codeFaults(new Map([['harness/guest/a.ts', text]]), codes);

test('a code that is raised with each of its blames has no fault', () => {
  const text = `
    new KconformError('x', { code: 'KC_X', blame: 'host' });
    asKconformError(error, 'harness', 'KC_X');`;
  expect(faultsOf(text, { KC_X: entry('host', 'harness') })).toEqual([]);
});

test('a code in the list that is only compared with is refused', () => {
  const text = `if (error.code === 'KC_X') throw error; const ALL = ['KC_X']; // KC_X`;
  expect(faultsOf(text, { KC_X: entry('host') })).toEqual([
    'harness/errors/codes/: no source file raises KC_X: remove it',
  ]);
});

test('a blame that does not agree with the list is refused, in both directions', () => {
  expect(faultsOf(`throw new KconformError('x', { code: 'KC_X', blame: 'case' })`, { KC_X: entry('host') })).toEqual([
    'harness/guest/a.ts: KC_X has blame case, which harness/errors/codes/ does not list for it',
    'harness/errors/codes/: no source file raises KC_X with blame host: remove the blame',
  ]);
});

test('a blame that is no literal may be any of the list', () => {
  expect(faultsOf(`({ code: 'KC_X', blame: error.blame })`, { KC_X: entry('host', 'case') })).toEqual([]);
});

test('a name that is not in the list is refused, also in a comment and in Markdown', () => {
  const files = new Map([
    ['harness/guest/a.ts', '/** @throws KC_GONE */'],
    ['docs/a.md', 'KC_OLD is an error, KC_ is not'],
  ]);
  expect(codeFaults(files, {})).toEqual([
    'harness/guest/a.ts: KC_GONE is not in harness/errors/codes/',
    'docs/a.md: KC_OLD is not in harness/errors/codes/',
  ]);
});
