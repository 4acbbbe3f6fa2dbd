import { expect, test } from 'vitest';
import { resultsOf } from '../results.test-support.ts';

test('kselftest_harness.h: a subtest that a signal ends is a problem; an assertion and a timeout are none', () => {
  const seen = (line: string, result = 'not ok 1 global.a') =>
    resultsOf(`TAP version 13\n1..1\n#  RUN           global.a ...\n${line}\n#          FAIL  global.a\n${result}\n`, 1)
      .problems;
  expect(seen('# a: Test terminated unexpectedly by signal 11')).toEqual(['global.a ended by signal 11']);
  expect(seen('a: Test terminated unexpectedly by signal 9')).toEqual(['global.a ended by signal 9']);
  expect(seen('# a: Test terminated unexpectedly by signal 11', 'ok 1 global.a # XFAIL')).toContain(
    'global.a ended by signal 11',
  );
  expect(seen('# a: Test terminated by timeout')).toEqual([]);
  expect(seen('# a: Test terminated unexpectedly by signal 14')).toEqual([]);
  expect(seen('# a: Test terminated by assertion')).toEqual([]);
});

test('kselftest_harness.h: a subtest of a nested output that a signal ends', () => {
  const { problems } = resultsOf(
    'TAP version 13\n1..1\n# TAP version 13\n# 1..1\n# # a: Test terminated unexpectedly by signal 11\n# not ok 1 global.a\nnot ok 1 t\n',
    1,
  );
  expect(problems).toEqual(['t: global.a ended by signal 11']);
});
