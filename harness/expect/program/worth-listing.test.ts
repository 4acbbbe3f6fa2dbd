import { expect, test } from 'vitest';
import { worthListing } from './worth-listing.ts';

const end = { exitCode: 0, signal: null, output: 'text', problems: [] };

test.each([
  ['success', { ...end, status: 'pass', subtests: { a: 'pass', b: 'xfail' } }, {}],
  ['success without subtests', { ...end, status: 'pass', subtests: {} }, { exitCode: 0, signal: null, output: 'text' }],
  [
    'failures',
    {
      ...end,
      exitCode: 1,
      status: 'fail',
      reason: 'b',
      problems: ['p'],
      subtests: { a: 'pass', b: 'fail', c: 'skip' },
      comments: { b: 'x' },
    },
    { exitCode: 1, status: 'fail', problems: ['p'], subtests: { b: 'fail', c: 'skip' } },
  ],
  ['a skip', { ...end, exitCode: 4, status: 'skip', reason: 'no root', subtests: {} }, { status: 'skip' }],
  [
    'a crash',
    { ...end, exitCode: null, signal: 'SIGABRT', status: 'fail', subtests: { a: 'pass' } },
    { exitCode: null, signal: 'SIGABRT', status: 'fail' },
  ],
])('%s', (_, observations, listed) => {
  expect(worthListing(observations)).toEqual(listed);
});
