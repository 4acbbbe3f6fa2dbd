/** Formats with lines of one kind: LTP, GoogleTest, test_progs. */
import { expect, test } from 'vitest';
import { briefly, resultsOf } from '../results.test-support.ts';

const summary = (passed: number, failed: number, broken = 0, skipped = 0, warnings = 0) =>
  `\nSummary:\npassed   ${passed}\nfailed   ${failed}\nbroken   ${broken}\nskipped  ${skipped}\nwarnings ${warnings}\n`;

test('LTP: the place in the source is the name; the exit status has bits', () => {
  const output = `tst_test.c:1904: TINFO: Timeout per run is 0h 00m 30s
open02.c:61: TPASS: open() without O_CREAT : ENOENT (2)
open02.c:61: TPASS: open() again
open02.c:65: TFAIL: open() succeeded
open02.c:70: TCONF: no O_TMPFILE
open02.c:80: TBROK: mkdir failed
open02.c:90: TWARN: cannot remove
${summary(2, 1, 1, 1, 1)}`;
  const seen = resultsOf(output, 39);
  expect(seen).toMatchObject({ format: 'ltp', status: 'fail', problems: [] });
  expect(briefly(seen)).toEqual([
    'open02.c:61: pass',
    'open02.c:61 (2): pass',
    'open02.c:65: fail',
    'open02.c:70: skip',
    'open02.c:80: broken',
    'open02.c:90: warning',
  ]);
  expect(seen.subtests[0]).toMatchObject({ comment: 'open() without O_CREAT : ENOENT (2)' });
});

test('LTP: a path of the build is no part of a name', () => {
  const seen = resultsOf(`/usr/src/ltp/chown/../utils/compat_tst_16.h:153: TCONF: 16-bit\n${summary(0, 0, 0, 1)}`, 32);
  expect(briefly(seen)).toEqual(['compat_tst_16.h:153: skip']);
});

test('LTP: a summary does not count the lines of a script around it', () => {
  const output = `a.c:1: TPASS: x\n${summary(1, 0)}ioctl02 1 TPASS: done\n`;
  expect(resultsOf(output)).toMatchObject({ status: 'pass', problems: [] });
  expect(resultsOf(`a.c:1: TPASS: x\n${summary(2, 0)}ioctl02 1 TPASS: done\n`).status).toBe('fail');
});

test('LTP: the summary of a script counts its own lines, and those of a program in C beside them', () => {
  const script = 'sh01 1 TPASS: a\nsh01 2 TPASS: b\n';
  expect(resultsOf(`${script}${summary(2, 0)}`)).toMatchObject({ status: 'pass', problems: [] });
  expect(resultsOf(`${script}${summary(3, 0)}`).status).toBe('fail');
  expect(resultsOf(`sh01 1 TCONF: a\n${summary(0, 0, 0, 1)}`, 32)).toMatchObject({ status: 'skip', problems: [] });
  const both = `a.c:1: TPASS: x\n${summary(1, 0)}${script}`;
  expect(resultsOf(`${both}${summary(2, 0)}`)).toMatchObject({ status: 'pass', problems: [] });
  expect(resultsOf(`${both}${summary(1, 0)}`).status).toBe('fail');
});

test('LTP: in colour, and of the old library, which has no summary', () => {
  expect(briefly(resultsOf(`a.c:1: \u001b[1;32mTPASS: \u001b[0mfine\n${summary(1, 0)}`))).toEqual(['a.c:1: pass']);
  const old = resultsOf('waitpid01    1  TPASS  :  received\nwaitpid01    2  TFAIL  :  lost\nmem 1 TCONF: none\n', 33);
  expect(briefly(old)).toEqual(['waitpid01 1: pass', 'waitpid01 2: fail', 'mem 1: skip']);
});

const ltp: readonly (readonly [string, string, number, string, readonly string[]])[] = [
  ['passes', `a.c:1: TPASS: x\n${summary(1, 0)}`, 0, 'pass', []],
  ['passes in part', `a.c:1: TPASS: x\na.c:2: TCONF: y\n${summary(1, 0, 0, 1)}`, 0, 'pass', []],
  ['skips', `a.c:1: TCONF: needs root\n${summary(0, 0, 0, 1)}`, 32, 'skip', []],
  ['was compiled for another system', "tst_test.c:1415: TCONF: system doesn't support it\n", 32, 'skip', []],
  ['says so, and does not end so', 'a.c:1: TCONF: x\n', 0, 'fail', ['the summary at the end is missing']],
  ['skips and is cut', 'a.c:1: TPASS: x\na.c:2: TCONF: x\n', 32, 'fail', ['the summary at the end is missing']],
  ['breaks', `a.c:1: TBROK: no room\n${summary(0, 0, 1)}`, 2, 'broken', []],
  ['hides a failure', `a.c:1: TFAIL: x\n${summary(0, 1)}`, 0, 'fail', ['exit status 0 although a subtest failed']],
  [
    'hides a warning',
    `a.c:1: TPASS: x\na.c:2: TWARN: y\n${summary(1, 0, 0, 0, 1)}`,
    0,
    'fail',
    ['exit status 0 although a subtest failed'],
  ],
  ['is cut', 'a.c:1: TPASS: x\n', 0, 'fail', ['the summary at the end is missing']],
  [
    'is cut behind its first line',
    'tst_test.c:1904: TINFO: Timeout\n',
    0,
    'fail',
    ['the summary at the end is missing'],
  ],
  [
    'lost a line',
    `a.c:1: TPASS: x\n${summary(1, 1)}`,
    0,
    'fail',
    ['the summary counts 1 with the status fail, the lines 0'],
  ],
  [
    'is of the old library and lost its end',
    'a 1 TFAIL : x\n',
    3,
    'fail',
    ['exit status 3 says broken, but no line does'],
  ],
  ['tests nothing', `tst_test.c:1904: TINFO: x\n${summary(0, 0)}`, 0, 'fail', ['it printed no result']],
];

test.each(ltp)('LTP: a program that %s', (_, output, exitCode, status, problems) => {
  expect(resultsOf(output, exitCode)).toMatchObject({ format: 'ltp', status, problems });
});

const googletest = (ended: string, count = 2) => `[==========] Running ${count} tests from 1 test suite.
[----------] Global test environment set-up.
[ RUN      ] Suite.first
${ended}`;

test('GoogleTest: failures, skips, parameters, text before the mark, the list at the end', () => {
  const seen = resultsOf(
    `${googletest(
      `[       OK ] Suite.first (0 ms)
[ RUN      ] Suite.second/0
file.cc:12: Failure
text without a line feed[  FAILED  ] Suite.second/0, where GetParam() = 4 (1 ms)
[ RUN      ] Suite.third
[  SKIPPED ] Suite.third (0 ms)
`,
      3,
    )}[==========] 3 tests from 1 test suite ran. (5 ms total)
[  PASSED  ] 1 test.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Suite.third
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Suite.second/0, where GetParam() = 4
`,
    1,
  );
  expect(briefly(seen)).toEqual(['Suite.first: pass', 'Suite.second/0: fail', 'Suite.third: skip']);
  expect(seen).toMatchObject({ format: 'googletest', status: 'fail', problems: [] });
  expect(seen.subtests[1]?.diagnostics).toEqual(['file.cc:12: Failure', 'text without a line feed']);
});

const cutGoogletest: readonly (readonly [string, string, string])[] = [
  ['in a test', '', '2 tests were announced, 0 ended'],
  ['between tests', '[       OK ] Suite.first (0 ms)\n', '2 tests were announced, 1 ended'],
  [
    'behind the last test',
    '[       OK ] Suite.first (0 ms)\n[ RUN      ] b\n[       OK ] b (0 ms)\n',
    'the summary at the end is missing',
  ],
];

test.each(cutGoogletest)('GoogleTest that is cut %s, with exit status 0', (_, output, problem) => {
  expect(resultsOf(googletest(output))).toMatchObject({ status: 'fail', problems: expect.arrayContaining([problem]) });
});

test('GoogleTest without any test', () => {
  const output =
    '[==========] Running 0 tests from 0 test suites.\n[==========] 0 tests from 0 test suites ran. (0 ms total)\n[  PASSED  ] 0 tests.\n';
  expect(resultsOf(output)).toMatchObject({ status: 'fail', problems: ['it printed no result'] });
});

test('test_progs: subtests, tests with subtests, failures that are printed again', () => {
  const seen = resultsOf(
    `#1/1     attach_probe/manual:OK
#1/2     attach_probe/auto:FAIL
#1       attach_probe:FAIL
#2       bpf_cookie:SKIP
#3       btf:OK (slow)
All error logs:
#1/2     attach_probe/auto:FAIL
#1       attach_probe:FAIL
Summary: 2/1 PASSED, 1 SKIPPED, 1 FAILED
`,
    1,
  );
  expect(briefly(seen)).toEqual([
    'attach_probe/manual: pass',
    'attach_probe/auto: fail',
    'attach_probe/: fail',
    'bpf_cookie: skip',
    'btf: pass',
  ]);
  expect(seen).toMatchObject({ format: 'test_progs', status: 'fail', problems: [] });
});

test('test_progs that is cut, or lost a line', () => {
  expect(resultsOf('#1       a:OK\n')).toMatchObject({
    status: 'fail',
    problems: ['the summary at the end is missing'],
  });
  const problems = (lines: string) => resultsOf(lines).problems;
  expect(problems('#1       a:OK\nSummary: 1/0 PASSED, 0 SKIPPED, 1 FAILED\n')).toEqual([
    'the summary counts 1 failed, the lines 0',
    'the summary counts 2 tests, the lines 1',
  ]);
  // The line of a test is lost, and there are more subtests than tests.
  const subtests = '#1/1     a/x:OK\n#1/2     a/y:OK\n#1       a:OK\n';
  expect(problems(`${subtests}Summary: 1/2 PASSED, 0 SKIPPED, 0 FAILED\n`)).toEqual([]);
  expect(problems(`${subtests}Summary: 2/2 PASSED, 0 SKIPPED, 0 FAILED\n`)).toEqual([
    'the summary counts 2 tests, the lines 1',
  ]);
  expect(problems(`${subtests}Summary: 1/3 PASSED, 0 SKIPPED, 0 FAILED\n`)).toEqual([
    'the summary counts 3 passed subtests, the lines 2',
  ]);
  expect(problems('#1/1     a/x:FAIL\n#1       a:OK\nSummary: 1/0 PASSED, 0 SKIPPED, 0 FAILED\n')).toContain(
    'a is OK although a subtest of it failed',
  );
  expect(resultsOf('Summary: 0/0 PASSED, 0 SKIPPED, 0 FAILED\n').problems).toEqual(['it printed no result']);
});
