/** Output of real test programs, captured on 6.12.118: golden/SUITE_TARGET_PROGRAM.exit-STATUS.txt */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
  }));

function read(output: Uint8Array | string, exitCode: number) {
  return readResults(output, { exitCode, signal: null }, { convention: 'kselftest' });
}

test('what each program says of itself', async () => {
  const text = outputs.flatMap(({ name, bytes, exitCode }) => {
    const { format, status, reason = '', problems, subtests } = read(bytes, exitCode);
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

const planned = outputs.filter(({ bytes }) => /^1\.\.\d+/m.test(bytes.toString('latin1')));

test('a program that prints a plan, cut behind any line but the last results, has not passed', () => {
  const good = planned.filter(({ bytes, exitCode }) => read(bytes, exitCode).status === 'pass');
  expect(good.length).toBeGreaterThan(7);
  for (const { name, bytes } of good) {
    const lines = bytes.toString('latin1').split('\n');
    const last = lines.findLastIndex((line) => /^((not )?ok |# Totals)/.test(line));
    for (let kept = lines.findIndex((line) => /^1\.\.|version/.test(line)) + 1; kept < last; kept++) {
      if (!lines.slice(kept).some((line) => /^(not )?ok /.test(line))) continue;
      const { status } = read(lines.slice(0, kept).join('\n'), 0);
      expect(`${name}, ${kept} lines: ${status}`).toBe(`${name}, ${kept} lines: fail`);
    }
  }
});

test('console text between the lines changes no result', () => {
  for (const { bytes, exitCode } of outputs) {
    const text = bytes.toString('utf8');
    const mixed = text.replaceAll('\n', '\n[   12.345678] audit: type=1400 ok\n');
    expect(briefly(read(mixed, exitCode))).toEqual(briefly(read(text, exitCode)));
    expect(read(mixed, exitCode).problems).toEqual(read(text, exitCode).problems);
  }
});

test('line ends of DOS and a missing last line feed change no result', () => {
  for (const { bytes, exitCode } of outputs) {
    const text = bytes.toString('utf8');
    expect(read(text.replaceAll('\n', '\r\n').trimEnd(), exitCode)).toEqual(read(text, exitCode));
  }
});
