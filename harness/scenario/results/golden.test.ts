/**
 * Output of real test programs, captured on 6.12.118 (that of GoogleTest on a host): golden/SUITE_TARGET_PROGRAM.exit-STATUS.txt. The suite says
 * what exit statuses mean. test_progs of the BPF selftests was built with some of its tests, and runs without its kernel module.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONVENTIONS } from './conventions.ts';
import { readResults } from './read-results.ts';
import { briefly } from './results.test-support.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const outputs = readdirSync(FOLDER)
  .filter((name) => name.includes('.exit-'))
  .sort()
  .map((name) => ({
    name: name.replace(/\.exit-\d+\.txt$/, ''),
    bytes: readFileSync(join(FOLDER, name)),
    exitCode: Number(/\.exit-(\d+)\.txt$/.exec(name)?.[1]),
    convention: CONVENTIONS.find((one) => name.startsWith(`${one}_`)),
  }));
type Captured = (typeof outputs)[number];

function read(output: Uint8Array | string, { exitCode, convention }: Pick<Captured, 'exitCode' | 'convention'>) {
  return readResults(output, { exitCode, signal: null }, { convention });
}

test('what each program says of itself', async () => {
  const text = outputs.flatMap((captured) => {
    const { name, bytes, exitCode } = captured;
    const { format, status, reason = '', problems, subtests } = read(bytes, captured);
    const count = new Map<string, number>();
    for (const one of subtests) count.set(one.status, (count.get(one.status) ?? 0) + 1);
    const counts = [...count].map(([kind, number]) => `${number} ${kind}`).join(', ');
    return [
      `${name}: ${format}, exit status ${exitCode}: ${status}${reason === '' ? '' : ` (${reason})`}`,
      `  ${counts || 'no subtests'}`,
      ...problems.map((problem) => `  problem: ${problem}`),
    ];
  });
  await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('golden/expected.txt');
});

const BEGIN = /^1\.\.|version|^#\d|^\[={10}\] Running|^\S+\.c:\d+: T/;
const RESULT = /^(not )?ok |^\S+\.c:\d+: T(PASS|FAIL)|^\[ {7}OK |^passed +\d|^#\d+ .*:OK$/;
const planned = outputs.filter(({ bytes }) => /^1\.\.\d+|^\[={10}\] Running|^Summary:/m.test(bytes.toString('latin1')));

test('a program that prints a plan or a summary, cut behind any line but the last results, has not passed', () => {
  const good = planned.filter((captured) => read(captured.bytes, captured).status === 'pass');
  expect(good.length).toBeGreaterThan(12);
  expect(new Set(good.map(({ convention }) => convention))).toEqual(new Set(['kselftest', 'ltp', undefined]));
  for (const { name, bytes, convention } of good) {
    if (name === 'googletest_repeat') continue; // cut between two iterations, it is whole
    const lines = bytes.toString('latin1').split('\n');
    for (let kept = lines.findIndex((line) => BEGIN.test(line)) + 1; kept < lines.length; kept++) {
      if (!lines.slice(kept).some((line) => RESULT.test(line))) continue;
      const { status } = read(lines.slice(0, kept).join('\n'), { exitCode: 0, convention });
      expect(`${name}, ${kept} lines: ${status}`).toBe(`${name}, ${kept} lines: fail`);
    }
  }
});

test('console text between the lines changes no result', () => {
  for (const captured of outputs) {
    const text = captured.bytes.toString('utf8');
    const mixed = text.replaceAll('\n', '\n[   12.345678] audit: type=1400 ok\n');
    expect(briefly(read(mixed, captured))).toEqual(briefly(read(text, captured)));
    expect(read(mixed, captured).problems).toEqual(read(text, captured).problems);
  }
});

test('line ends of DOS and a missing last line feed change no result', () => {
  for (const captured of outputs) {
    const text = captured.bytes.toString('utf8');
    expect(read(text.replaceAll('\n', '\r\n').trimEnd(), captured)).toEqual(read(text, captured));
  }
});
