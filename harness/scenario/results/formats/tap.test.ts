import { expect, test } from 'vitest';
import { briefly, resultsOf } from '../results.test-support.ts';

test('kselftest: results, directives, diagnostics, totals', () => {
  const seen = resultsOf(
    `TAP version 13
1..6
# looks at the first
plain text
ok 1 first
not ok 2 - second # reads nothing
ok 3 third # SKIP no such device
ok 4 # SKIP no quota
ok 5 fifth # XFAIL known
not ok 6 # error cannot mount
# Totals: pass:1 fail:1 xfail:1 xpass:0 skip:2 error:1
`,
    1,
  );
  expect(seen).toEqual({
    format: 'tap',
    status: 'fail',
    reason: 'second, test 6 failed',
    problems: [],
    subtests: [
      { name: 'first', status: 'pass', diagnostics: ['looks at the first', 'plain text'] },
      { name: 'second', status: 'fail', comment: 'reads nothing' },
      { name: 'third', status: 'skip', comment: 'no such device' },
      { name: 'test 4', status: 'skip', comment: 'no quota' },
      { name: 'fifth', status: 'xfail', comment: 'known' },
      { name: 'test 6', status: 'fail', comment: 'cannot mount' },
    ],
  });
});

test('KTAP: nested results have the names of those around them; a test with subtests ends with a slash', () => {
  const seen = resultsOf(
    `KTAP version 1
1..2
  KTAP version 1
  # Subtest: files
  1..2
    KTAP version 1
    1..1
    ok 1 close
  ok 1 open
  not ok 2 read
not ok 1 files
ok 2 memory
`,
    1,
  );
  expect(briefly(seen)).toEqual([
    'files/open/close: pass',
    'files/open/: pass',
    'files/read: fail',
    'files/: fail',
    'memory: pass',
  ]);
  expect(seen.problems).toEqual([]);
});

test('TAP 14: YAML blocks are no results, subtests are announced above', () => {
  const seen = resultsOf(`TAP version 14
# Subtest: inner
    ok 1 - a
    1..1
ok 1 - inner
  ---
  message: not ok 7 is text
    not ok 8 is text as well
  ...
ok 2 - escaped \\# sign
1..2
`);
  expect(briefly(seen)).toEqual(['inner/a: pass', 'inner/: pass', 'escaped # sign: pass']);
  expect(seen).toMatchObject({ status: 'pass', problems: [] });
});

test('kselftest’s own runner nests with "# "', () => {
  const seen = resultsOf(
    `TAP version 13
1..2
# timeout set to 45
# selftests: clone3: clone3
# TAP version 13
# 1..2
# ok 1 simple
# not ok 2 flags
# # Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0
not ok 1 selftests: clone3: clone3 # exit=1
# selftests: clone3: other
ok 2 selftests: clone3: other
`,
    1,
  );
  expect(briefly(seen)).toEqual([
    'selftests: clone3: clone3/simple: pass',
    'selftests: clone3: clone3/flags: fail',
    'selftests: clone3: clone3/: fail',
    'selftests: clone3: other: pass',
  ]);
});

test('several programs one after another, each with its plan; equal names are told apart', () => {
  const one = 'TAP version 13\n1..2\nok 1 a\nok 2 a\n';
  expect(briefly(resultsOf(one + one))).toEqual(['a: pass', 'a (2): pass', 'a (3): pass', 'a (4): pass']);
  expect(resultsOf(one + one).problems).toEqual([]);
  expect(briefly(resultsOf('1..2\nok 1 a (2)\nok 2 a\n1..1\nok 1 a\n'))).toEqual([
    'a (2): pass',
    'a: pass',
    'a (3): pass',
  ]);
});

const problems: readonly (readonly [string, string, string])[] = [
  ['the end is cut', 'TAP version 13\n1..5\nok 1 a\nok 2 b\n', 'the plan says 5 subtests, 2 have a result (3, 4, 5)'],
  ['it is cut behind the plan', 'KTAP version 1\n1..5\n', 'the plan says 5 subtests, 0 have a result (1, 2, 3, …)'],
  ['it is cut behind the header', 'KTAP version 1\n', 'it announces results and prints none'],
  [
    'it is cut in the header of the second program',
    '1..1\nok 1 a\nTAP version 13\n',
    'it announces results and prints none',
  ],
  ['a result is cut', '1..2\nok 1 a\nnot', 'the plan says 2 subtests, 1 has a result (2)'],
  ['more results than planned', '1..1\nok 1 a\nok 2 b\n', 'the plan says 1 subtest, 2 have a result'],
  ['a result twice, behind a header', 'TAP version 13\nok 1 a\nok 1 a\n', 'several results have the number 1'],
  [
    'totals for fewer than planned',
    'TAP version 13\n1..3\n# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:0\n',
    'the totals say pass:2, the lines pass:0',
  ],
  [
    'totals for all, with a failure',
    '1..3\n# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:0 error:0\n',
    'the totals say that 1 failed',
  ],
  ['a number twice', '1..2\nok 1 a\nok 1 b\n', 'several results have the number 1'],
  ['a number is missing, without a plan', 'TAP version 13\nok 1 a\nok 3 c\n', 'results are missing (2)'],
  [
    'a nested plan',
    'KTAP version 1\n1..1\n  1..3\n  ok 1 a\nok 1 s\n',
    's: the plan says 3 subtests, 1 has a result (2, 3)',
  ],
  [
    'a parent that is ok although a child failed',
    '1..1\n  1..1\n  not ok 1 a\nok 1 s\n',
    's is ok although a subtest of it failed',
  ],
  [
    'nested results without their parent',
    '1..1\n  # Subtest: s\n  1..1\n  ok 1 a\n',
    'the group s has no result of its own',
  ],
  [
    'a program without results before the next',
    'TAP version 13\n1..1\nTAP version 13\n1..1\nok 1 a\n',
    'the plan says 1 subtest, 0 have a result (1)',
  ],
  ['Bail out!', '1..2\nok 1 a\nBail out! no memory# Totals: pass:1\n', 'Bail out! no memory'],
  ['a second plan', '1..3\nok 1 a\n1..1\nok 1 b\n', 'a plan of 1 subtest follows an unfulfilled one of 3'],
  [
    'results although everything is skipped',
    '1..0 # SKIP no root\nok 1 a\n',
    'the plan says that everything is skipped, but there are results',
  ],
  [
    'totals count a failure that no line shows',
    'TAP version 13\n1..1\nok 1 a\n# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0\n',
    'the totals say fail:1, the lines fail:0',
  ],
  [
    'totals without lines count a failure',
    'TAP version 13\n# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:1\n',
    'the totals say that 1 failed',
  ],
  ['an open YAML block', 'TAP version 14\nok 1 a\n  ---\n  x: 1\n1..1\n', 'a YAML block (---) has no end (...)'],
  [
    'an open YAML block hides a failure',
    'TAP version 14\n1..1\n  ok 1 a\n    ---\n    not ok 1 b\n  ok 2 c\nok 1 s\n',
    'a YAML block (---) has no end (...)',
  ],
  [
    'totals alone that count nothing',
    'TAP version 13\n# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:0 error:0\n',
    'it announces results and prints none',
  ],
  ['a failure with exit status 0', '1..1\nnot ok 1 a\n', 'exit status 0 although a subtest failed'],
];

test.each(problems)('a problem, and with it a failure: %s', (_, output, problem) => {
  const seen = resultsOf(output);
  expect(seen.problems).toContain(problem);
  expect(seen.status).toBe('fail');
});

const fine: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a header that a fork printed again',
    'TAP version 13\nTAP version 13\n1..2\n1..2\nok 1 a\nok 2 b\n',
    ['a: pass', 'b: pass'],
  ],
  ['results in another order', '1..3\nok 3 c\nok 1 a\nok 2 b\n', ['c: pass', 'a: pass', 'b: pass']],
  [
    'results that each child of a fork prints again',
    'ok 1 a\nok 1 a\nok 2 b\nok 1 a\nok 2 b\n',
    ['a: pass', 'b: pass'],
  ],
  [
    'totals for all that was planned, and no lines',
    'TAP version 13\n1..3\n# Totals: pass:3 fail:0 xfail:0 xpass:0 skip:0 error:0\n',
    [],
  ],
  ['the plan at the end', 'ok 1 a\nok 2 b\n1..2\n', ['a: pass', 'b: pass']],
  ['results without numbers', '1..2\nok - a\nok\n', ['a: pass', 'test 2: pass']],
  ['text like a result', '1..1\nok so far\nok 3.5 MB\nit took 1 s\nok 1 a\n', ['a: pass']],
  [
    'a result behind text without a line feed',
    '1..2\nwriting... ok 1 a\n[    1.5] usb: x not ok 2 b\n',
    ['a: pass', 'b: fail'],
  ],
  [
    'line ends of DOS, progress, colours',
    '1..2\r\n10%\r20%\r\u001b[32mok 1 a\u001b[0m\r\nok 2 b',
    ['a: pass', 'b: pass'],
  ],
  ['a byte order mark', '\ufeffTAP version 13\n1..1\nok 1 a\n', ['a: pass']],
  [
    'names with signs and letters of all kinds',
    '1..3\nok 1 a.b["c"]\nok 2 __proto__\nok 3 größe → 日本 #1\n',
    ['a.b["c"]: pass', '__proto__: pass', 'größe → 日本 #1: pass'],
  ],
  ['a name that ends with a slash', '1..1\nok 1 mount /\n', ['mount: pass']],
  ['indented as a whole', '  TAP version 13\n  1..1\n  ok 1 a\n', ['a: pass']],
];

test.each(fine)('%s', (_, output, expected) => {
  const seen = resultsOf(output, output.includes('not ok') ? 1 : 0);
  expect(briefly(seen)).toEqual(expected);
  expect(seen.problems).toEqual([]);
});

test('"not ok" behind a word without a line feed is no success', () => {
  const seen = resultsOf('1..3\nok 1 a\nTesting mremapnot ok 2 b\nTesting mmap ok 3 c\n', 1);
  expect(briefly(seen)).toEqual(['a: pass', 'b: fail', 'c: pass']);
  expect(briefly(resultsOf('1..2\nok 1 a\nit took 2 s\nlook 2 x\nok 2 b\n'))).toEqual(['a: pass', 'b: pass']);
});

test('a result ends a YAML block that is open', () => {
  const seen = resultsOf('TAP version 14\n1..1\n  ok 1 a\n    ---\n    not ok 1 b\n  not ok 2 c\nok 1 s\n');
  expect(briefly(seen)).toEqual(['s/a: pass', 's/c/b: fail', 's/c/: fail', 's/: pass']);
});

test('totals alone that count only skips are a skip; beside other results they are none', () => {
  const totals = (pass: number, skip: number) =>
    `TAP version 13\n# Totals: pass:${pass} fail:0 xfail:0 xpass:0 skip:${skip} error:0\n`;
  const reason = 'the totals say that everything is skipped';
  expect(resultsOf(totals(0, 3))).toMatchObject({ status: 'skip', reason, problems: [] });
  expect(resultsOf(totals(1, 3)).status).toBe('pass');
  expect(resultsOf(totals(1, 0) + totals(0, 3)).status).toBe('pass');
  expect(resultsOf(totals(0, 3) + totals(1, 0)).status).toBe('pass');
});

const directives: readonly (readonly [string, string])[] = [
  ['ok 1 a # SKIP no', 'skip'],
  ['ok 1 a # skip no', 'skip'],
  ['not ok 1 a # SKIP no', 'skip'],
  ['not ok 1 a # skip no', 'fail'],
  ['not ok 1 a # SKIPPED the rest', 'fail'],
  ['not ok 1 a # TODO', 'xfail'],
  ['not ok 1 a # todo', 'fail'],
  ['ok 1 a # TODO', 'pass'],
  ['ok 1 a # skip-list', 'pass'],
  ['ok 1 a # SKIP: no', 'skip'],
  ['ok 1 a # SKIP', 'skip'],
  ['not ok 1 a # TODO-list', 'fail'],
  ['not ok 1 a # XFAIL-like', 'fail'],
  ['ok 1 a # XFAIL', 'xfail'],
  ['not ok 1 a # XFAIL', 'xfail'],
  ['ok 1 a # XPASS', 'xpass'],
  ['not ok 1 a # TIMEOUT 45 seconds', 'fail'],
  ['ok 1 a # TIMEOUT', 'fail'],
  ['ok 1 a # ERROR', 'fail'],
  ['ok 1 a # error text', 'pass'],
  ['not ok', 'fail'],
  ['not ok at all', 'fail'],
];

test.each(directives)('%s: %s', (line, status) => {
  expect(resultsOf(`TAP version 13\n1..1\n${line}\n`).subtests[0]?.status).toBe(status);
});
