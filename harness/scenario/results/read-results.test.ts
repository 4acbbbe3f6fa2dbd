import { expect, test } from 'vitest';
import type { Convention } from './conventions.ts';
import { readResults } from './read-results.ts';
import { briefly, resultsOf } from './results.test-support.ts';

const statuses: readonly (readonly [Convention | undefined, number, string])[] = [
  [undefined, 0, 'pass'],
  [undefined, 1, 'fail'],
  [undefined, 4, 'fail'],
  [undefined, 77, 'fail'],
  [undefined, 126, 'broken'],
  [undefined, 127, 'broken'],
  ['kselftest', 1, 'fail'],
  ['kselftest', 2, 'fail'], // an expected failure that nothing in the output shows: a shell ends with 2 at a syntax error
  ['kselftest', 3, 'fail'],
  ['kselftest', 4, 'skip'],
  ['kselftest', 5, 'fail'],
  ['automake', 77, 'skip'],
  ['automake', 99, 'broken'],
  ['automake', 4, 'fail'],
  ['liburing', 77, 'skip'],
  ['liburing', 1, 'fail'],
  ['ltp', 1, 'fail'],
  ['ltp', 2, 'broken'],
  ['ltp', 4, 'fail'],
  ['ltp', 32, 'skip'],
  ['ltp', 33, 'fail'],
  ['ltp', 34, 'broken'],
  ['ltp', 36, 'fail'],
  ['ltp', 48, 'fail'],
  ['ltp', 64, 'fail'],
  ['plain', 4, 'fail'],
];

test.each(statuses)('output without a format, convention %s, exit status %d: %s', (convention, exitCode, status) => {
  expect(resultsOf('some text\n', exitCode, { convention })).toMatchObject({ format: 'plain', status, subtests: [] });
});

test('what a signal ended, or was stopped, failed, whatever it printed', () => {
  const output = 'TAP version 13\n1..1\nok 1 a\n';
  expect(readResults(output, { exitCode: null, signal: 'SIGSEGV' })).toMatchObject({
    status: 'fail',
    reason: 'SIGSEGV ended it although no subtest failed',
  });
  expect(readResults('', { exitCode: null, signal: null, stoppedAfterMs: 2000 })).toMatchObject({
    status: 'fail',
    reason: 'it was stopped after 2 s',
  });
});

const tap = 'TAP version 13\n';
const ends: readonly (readonly [string, string, number, string, readonly string[]])[] = [
  ['skips everything', '1..0 # SKIP no root', 4, 'skip: no root', []],
  ['skips everything, status 0', '1..0 # SKIP no root', 0, 'skip: no root', []],
  ['has no tests', '1..0', 0, 'skip: it has no subtests', []],
  ['skips each', '1..2\nok 1 a # SKIP no root\nok 2 b # SKIP', 0, 'skip: no root', []],
  ['skips in the middle of its plan', '1..5\nok 1 a\nok 2 # SKIP no quota', 4, 'skip: no quota', []],
  ['skips before its first result', '1..5', 4, 'skip: exit status 4', []],
  [
    'skips after a failure',
    '1..2\nnot ok 1 a\nok 2 # SKIP x',
    4,
    'fail: a failed',
    ['exit status 4, which means skipped, although a subtest failed'],
  ],
  [
    'says that it skipped, and did not',
    '1..1\nok 1 a',
    4,
    'fail: exit status 4, which means skipped, although no subtest was skipped',
    ['exit status 4, which means skipped, although no subtest was skipped'],
  ],
  [
    'fails without a failure',
    '1..1\nok 1 a',
    1,
    'fail: exit status 1 although no subtest failed',
    ['exit status 1 although no subtest failed'],
  ],
  [
    'fails although it skips',
    '1..0 # SKIP x',
    1,
    'fail: exit status 1 although no subtest failed',
    ['exit status 1 although no subtest failed'],
  ],
  ['fails as expected', '1..1\nok 1 a # XFAIL b', 2, 'pass: undefined', []],
  [
    'fails as expected, by its totals',
    '# Totals: pass:1 fail:0 xfail:1 xpass:0 skip:0 error:0',
    2,
    'pass: undefined',
    [],
  ],
  [
    'says that it fails as expected, and does not',
    '1..1\nok 1 a',
    2,
    'fail: exit status 2, which means an expected failure, but the output shows none',
    ['exit status 2, which means an expected failure, but the output shows none'],
  ],
  ['passes unexpectedly', '1..1\nok 1 a', 3, 'fail: exit status 3: it passed unexpectedly', []],
  ['counts without lines', '# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0', 0, 'pass: undefined', []],
];

test.each(ends)('kselftest: a program that %s', (_, output, exitCode, expected, problems) => {
  const seen = resultsOf(`${tap}${output}\n`, exitCode);
  expect(`${seen.status}: ${seen.reason}`).toBe(expected);
  expect(seen.problems).toEqual(problems);
});

test('bytes that are not UTF-8 do no harm', () => {
  const bytes = Buffer.concat([
    Buffer.from('TAP version 13\n1..2\n# \0'),
    Buffer.from([0xff, 0xc3, 0x0a]),
    Buffer.from('ok 1 a'),
    Buffer.from([0xfe]),
    Buffer.from('\nnot ok 2 b\n'),
  ]);
  expect(briefly(readResults(bytes, { exitCode: 1, signal: null }))).toEqual(['a\ufffd: pass', 'b: fail']);
});

test.each([
  [
    'a.sh: line 60:   162 Aborted                 ./memfd_test hugetlbfs\nfuse: DONE\n',
    'fail',
    ['a program that it started crashed: Aborted'],
  ],
  ['Segmentation fault\ndone\n', 'fail', ['a program that it started crashed: Segmentation fault']],
  ['a.sh: line 9: 30 Killed sleep 100\ndone\n', 'pass', []],
  ['Aborted requests: 3\nSegmentation fault handled\n', 'pass', []],
  ['./a.sh: line 60: ./b: No such file or directory\n', 'fail', ['a program that it starts is missing: ./b']],
  ['./a.sh: 3: ./b: not found\n./a.sh: 4: ./b: not found\n', 'fail', ['a program that it starts is missing: ./b']],
  ['./a.sh: line 7: /proc/nothing: No such file or directory\n', 'pass', []],
  ['cat: /proc/nothing: No such file or directory\n', 'pass', []],
  ['zram: [FAIL] cannot write\n', 'fail', ['exit status 0 although it printed [FAIL]']],
  ["[SKIP]\tcan't access test_fpu\n", 'skip', []],
  ['[SKIP]\tno vDSO\n[OK]\tgetcpu\n', 'pass', []],
])('plain output with exit status 0: %j is %s', (output, status, problems) => {
  expect(resultsOf(output, 0, { convention: 'kselftest' })).toMatchObject({ format: 'plain', status, problems });
  expect(resultsOf(output, 1, { convention: 'kselftest' })).toMatchObject({
    format: 'plain',
    status: 'fail',
    problems: [],
  });
});

test('the format is that of a line that gives it away; a text with "ok" in it is plain', () => {
  expect(resultsOf('ok 5 files written\nall ok\n# TPASS\n').format).toBe('plain');
  expect(resultsOf('text\nnot ok 7 x\n')).toMatchObject({ format: 'tap', status: 'fail' });
  expect(resultsOf('[==========] Running 1 test from 1 test suite.\nKTAP version 1\n1..0 # SKIP\n').format).toBe(
    'ktap',
  );
});

const mixed: readonly (readonly [string, string, string])[] = [
  ['LTP', `a.c:1: TFAIL: x\n\nSummary:\nfailed   1\n`, 'the output has lines of ltp too: a.c:1 failed'],
  ['LTP that is cut', 'a.c:1: TPASS: x\n', 'the output has lines of ltp too: the summary at the end is missing'],
  [
    'GoogleTest',
    '[==========] Running 1 test from 1 test suite.\n[ RUN      ] S.a\n[  FAILED  ] S.a (0 ms)\n[==========] 1 test from 1 test suite ran.\n',
    'the output has lines of googletest too: S.a failed',
  ],
  [
    'test_progs',
    '#1 a:FAIL\nSummary: 0/0 PASSED, 0 SKIPPED, 1 FAILED\n',
    'the output has lines of test_progs too: a failed',
  ],
];

test.each(mixed)('TAP of a helper hides no failure of %s', (_, output, problem) => {
  for (const text of [`1..1\nok 1 a\n${output}`, `${output}1..1\nok 1 a\n`]) {
    expect(resultsOf(text)).toMatchObject({ format: 'tap', status: 'fail', problems: [problem] });
  }
});

test('lines of another format that are all right are no problem', () => {
  const output = '1..1\nok 1 a\nb.c:1: TPASS: x\n\nSummary:\npassed   1\n';
  expect(resultsOf(output)).toMatchObject({ format: 'tap', status: 'pass', problems: [] });
});

const large: readonly (readonly [string, string])[] = [
  ['10 MB of one line', 'x'.repeat(10_000_000)],
  ['10 MB of blanks', ` ok${' '.repeat(10_000_000)}`],
  ['10 MB of signs', '# '.repeat(5_000_000)],
  ['equal names', 'ok - a\n'.repeat(60_000)],
  ['equal numbers', 'ok 1 a\n'.repeat(60_000)],
  ['plans', '1..1\n'.repeat(60_000)],
  ['deeper and deeper', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}ok 1 a`).join('\n')],
  [
    'deeper and deeper, then a result',
    `${Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}KTAP version 1`).join('\n')}\nok 1 a`,
  ],
  ['nested results', `1..1\n${'  ok - a\n'.repeat(60_000)}ok 1 b\n`],
  ['a huge number', '1..999999999\nok 999999999 a\n'],
];

test.each(large)(
  'time and memory grow with the output alone: %s',
  (_, output) => {
    const from = performance.now();
    const seen = resultsOf(`TAP version 13\n${output}\n`);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(seen.status).toBe(output.startsWith('ok - a') || output.startsWith('1..1\n  ok') ? 'pass' : 'fail');
  },
  30_000,
);
