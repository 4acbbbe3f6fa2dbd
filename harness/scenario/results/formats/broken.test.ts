/** Broken output in every format: cut, mixed with console text, large, equal names, wrong counts, names that are not ASCII. */
import { describe, expect, test } from 'vitest';
import { briefly, resultsOf } from '../results.test-support.ts';

interface Sample {
  /** What a program prints whose tests have these names and pass. */
  print(names: readonly string[], told?: number): string;
  /** The name that its second test of an equal name has. */
  readonly second: string;
}

const lines = (...all: readonly (string | readonly string[])[]) => `${all.flat().join('\n')}\n`;
const kselftest = (names: readonly string[], told = names.length) =>
  lines(
    `1..${told}`,
    names.map((name, index) => `ok ${index + 1} ${name}`),
    // Totals alone are a statement, see tap.test.ts.
    names.length === 0 ? [] : `# Totals: pass:${told} fail:0 xfail:0 xpass:0 skip:0 error:0`,
  );

const samples: Readonly<Record<string, Sample>> = {
  ktap: { print: (names, told) => `KTAP version 1\n${kselftest(names, told)}`, second: 'a (2)' },
  tap: { print: (names, told) => `TAP version 13\n${kselftest(names, told)}`, second: 'a (2)' },
  ltp: {
    print: (names, told = names.length) =>
      lines(
        'tst_test.c:1904: TINFO: Timeout per run is 0h 00m 30s',
        names.map((name) => `${name}.c:7: TPASS: fine`),
        ['', 'Summary:', `passed   ${told}`, 'failed   0', 'broken   0', 'skipped  0', 'warnings 0'],
      ),
    second: 'a.c:7 (2)',
  },
  googletest: {
    print: (names, told = names.length) =>
      lines(
        `[==========] Running ${told} tests from 1 test suite.`,
        names.flatMap((name) => [`[ RUN      ] S.${name}`, `[       OK ] S.${name} (0 ms)`]),
        [`[==========] ${told} tests from 1 test suite ran. (1 ms total)`, `[  PASSED  ] ${told} tests.`],
      ),
    second: 'S.a (2)',
  },
  test_progs: {
    print: (names, told = names.length) =>
      lines(
        names.map((name, index) => `#${index + 1}       ${name}:OK`),
        `Summary: ${told}/0 PASSED, 0 SKIPPED, 0 FAILED`,
      ),
    second: 'a (2)',
  },
};

describe.each(Object.entries(samples))('%s', (format, { print, second }) => {
  const good = print(['a', 'b', 'c']);
  const results = resultsOf(good);

  test('is read', () => {
    expect(results).toMatchObject({ format, status: 'pass', problems: [] });
    expect(results.subtests).toHaveLength(3);
  });

  test('cut anywhere before the end of its last result, it has not passed', () => {
    const end = good.lastIndexOf(good.split('\n').findLast((line) => /\bc\b|S\.c/.test(line)) ?? '');
    expect(end).toBeGreaterThan(20);
    const first = good.indexOf('\n') + 1;
    for (let length = first; length <= end; length++) {
      expect(`${length}: ${resultsOf(good.slice(0, length)).status}`).toBe(`${length}: fail`);
    }
  });

  test('console text between its lines changes nothing', () => {
    const console = '[   12.345678] audit: type=1400 audit(1700000000.1:2): apparmor="STATUS"';
    const mixed = resultsOf(good.replaceAll('\n', `\n${console}\n`));
    expect({ ...mixed, subtests: briefly(mixed) }).toEqual({ ...results, subtests: briefly(results) });
  });

  test('console text in the middle of a result is no pass', () => {
    for (const line of good.split('\n').filter((one) => /^ok|TPASS|\bOK \]|:OK/.test(one))) {
      const middle = Math.floor(line.length / 2);
      const torn = `${line.slice(0, middle)}[   12.3] usb 1-1: new device\n${line.slice(middle)}`;
      const seen = resultsOf(good.replace(line, torn));
      const isWhole = briefly(seen).join() === briefly(results).join() && seen.problems.length === 0;
      expect(`${line}: ${isWhole ? 'as it was' : seen.status}`).toMatch(/: (fail|as it was)$/);
    }
  });

  test('a count that its results do not have is a failure', () => {
    expect(resultsOf(print(['a', 'b', 'c'], 4))).toMatchObject({ status: 'fail' });
    expect(resultsOf(print([], 2))).toMatchObject({ status: 'fail' });
    expect(resultsOf(print([], 0)).status).not.toBe('pass');
  });

  test('equal names are told apart', () => {
    const names = resultsOf(print(['a', 'b', 'a'])).subtests.map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
    expect(names).toContain(second);
  });

  test('names that are not ASCII are kept, and bytes that are not UTF-8 do no harm', () => {
    const seen = resultsOf(print(['größe', '名前', '\u{1f427}']));
    expect(seen).toMatchObject({ format, status: 'pass', problems: [] });
    for (const name of ['größe', '名前', '\u{1f427}']) expect(briefly(seen).join('\n')).toContain(name);
    expect(resultsOf(`\ufffd\ufffd\n${good}`)).toMatchObject({ format, status: 'pass' });
  });

  test('a missing last line feed, and line ends of DOS, change nothing', () => {
    expect(resultsOf(good.trimEnd())).toEqual(results);
    expect(resultsOf(good.replaceAll('\n', '\r\n'))).toEqual(results);
  });

  test('10 MB are read in time', { timeout: 60_000 }, () => {
    const names = Array.from({ length: 40_000 }, (_, index) => `t${index}${'x'.repeat(250)}`);
    const text = print(names);
    expect(text.length).toBeGreaterThan(10_000_000);
    const from = performance.now();
    const seen = resultsOf(text);
    expect(performance.now() - from).toBeLessThan(20_000);
    expect(seen).toMatchObject({ format, status: 'pass', problems: [] });
    expect(seen.subtests).toHaveLength(names.length);
  });
});
