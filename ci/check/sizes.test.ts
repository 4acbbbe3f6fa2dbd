import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { sizeFaults } from './sizes.ts';

const HINT = '; split it, or give the reason in ci/check/size-exceptions.ts';

function faultsOf(file: string, text: string): string[] {
  return sizeFaults(new Map([[file, text]]), {});
}

/** A block of that many lines, the braces included. */
function block(head: string, lines: number, indent = ''): string {
  return [`${head}{`, ...Array.from({ length: lines - 2 }, () => `${indent}  f();`), `${indent}}`, ''].join('\n');
}

test('a file of 301 lines is refused, one of 300 is not', () => {
  expect(faultsOf('harness/a.ts', '\n'.repeat(301))).toEqual([`harness/a.ts: 301 lines, more than 300${HINT}`]);
  expect(faultsOf('images/a.c', '\n'.repeat(301))).toEqual([`images/a.c: 301 lines, more than 300${HINT}`]);
  expect(faultsOf('harness/a.ts', '\n'.repeat(300))).toEqual([]);
  expect(faultsOf('harness/a.ts', `${'\n'.repeat(299)}// no newline at the end`)).toEqual([]);
});

test.each([
  ['a declaration', 'a.ts', 'function f() '],
  ['an arrow function', 'a.ts', 'const f = () => '],
  ['a callback', 'a.test.ts', "test('a', () => "],
  ['a function in JavaScript', 'a.mjs', 'const f = async function () '],
])('%s of 81 lines is refused, one of 80 is not', (_, file, head) => {
  const fault = `harness/${file}:2: a function of 81 lines, more than 80${HINT}`;
  expect(faultsOf(`harness/${file}`, `\n${block(head, 81)}`)).toEqual([fault]);
  expect(faultsOf(`harness/${file}`, `\n${block(head, 80)}`)).toEqual([]);
});

test('a method of 81 lines is refused, in a class of any length', () => {
  const text = (lines: number) => `class A {\n  a() {}\n${block('  async method() ', lines, '  ')}}\n`;
  expect(faultsOf('harness/a.ts', text(81))).toEqual([`harness/a.ts:3: a function of 81 lines, more than 80${HINT}`]);
  expect(faultsOf('harness/a.ts', text(80))).toEqual([]);
});

test('a function of C counts with its signature', () => {
  const before = 'static int one;\n/* f */\n';
  const text = (lines: number) => `${before}static int f(int a,\n\t     int b)\n${block('', lines - 2)}\n`;
  expect(faultsOf('images/a.c', text(81))).toEqual([`images/a.c:3: a function of 81 lines, more than 80${HINT}`]);
  expect(faultsOf('images/a.c', text(80))).toEqual([]);
});

test('a function of C that the check would not find is refused', () => {
  const fault = `images/a.c: a function's opening brace is not on a line of its own${HINT}`;
  expect(faultsOf('images/a.c', 'int f(void) {\n}\n')).toEqual([fault]);
});

test('a file with a reason may be too long, and the reason goes when it is needed no more', () => {
  const exceptions = { 'harness/a.ts': 'data' };
  expect(sizeFaults(new Map([['harness/a.ts', '\n'.repeat(301)]]), exceptions)).toEqual([]);
  expect(sizeFaults(new Map([['harness/a.ts', '\n'.repeat(300)]]), exceptions)).toEqual([
    'ci/check/size-exceptions.ts: harness/a.ts is short enough: remove its entry',
  ]);
  expect(sizeFaults(new Map(), exceptions)).toEqual([
    'ci/check/size-exceptions.ts: harness/a.ts does not exist: remove its entry',
  ]);
});

test('the command prints each fault and fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-sizes-'));
  try {
    const file = join(folder, 'cases/a/scenario.ts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '\n'.repeat(301));
    const script = fileURLToPath(new URL('sizes.ts', import.meta.url));
    const { exitCode, stderr } = await execa(process.execPath, ['--import', 'tsx', script, folder], { reject: false });
    expect(stderr.split('\n')).toContain(`cases/a/scenario.ts: 301 lines, more than 300${HINT}`);
    expect(exitCode).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
