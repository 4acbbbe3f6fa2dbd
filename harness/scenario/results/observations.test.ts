import { expect, test } from 'vitest';
import { programObservations, resultsAmong } from './observations.ts';

const bytes = Buffer.concat([
  Buffer.from('TAP version 13\n1..2\n# looks\nnot ok 1 a # why\nok 2 b'),
  Buffer.from([0xff]),
  Buffer.from('\n'),
]);
const observed = programObservations(bytes, { exitCode: 1, signal: null }, { convention: 'kselftest' });

test('what a program is observed to do', () => {
  expect(observed).toEqual({
    exitCode: 1,
    signal: null,
    output: 'TAP version 13\n1..2\n# looks\nnot ok 1 a # why\nok 2 b\\xff',
    status: 'fail',
    reason: 'a failed',
    problems: [],
    subtests: { a: 'fail', 'b\ufffd': 'pass' },
    comments: { a: 'why\nlooks' },
  });
});

test('results are found among observations, and in the output of a scenario', () => {
  const subtests = [
    { name: 'a', status: 'fail', comment: 'why\nlooks' },
    { name: 'b\ufffd', status: 'pass' },
  ];
  expect(resultsAmong(observed)).toEqual({ status: 'fail', reason: 'a failed', problems: [], subtests });
  const { exitCode = null, signal = null, output = '' } = observed;
  expect(resultsAmong({ exitCode, signal, output })).toMatchObject({ status: 'fail', reason: 'a failed' });
  expect(resultsAmong({ exitCode: 0, signal, output: 'text' })).toBeUndefined();
  expect(resultsAmong({ exitCode: null, signal, output, stoppedAfterMs: 1 })).toBeUndefined();
  expect(resultsAmong({ value: 1 })).toBeUndefined();
});
