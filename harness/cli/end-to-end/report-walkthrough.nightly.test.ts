/** Every command of docs/walkthrough.md is run in order, as it stands there, and prints what stands below it. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { obtainSource } from '../../kernels/build/source.ts';
import { kconform, REPOSITORY } from './command-line.test-support.ts';

const LIMIT_MS = 3_600_000;

interface Step {
  readonly command: string;
  /** Lines in their order; `…` is a gap, in a line or between lines. */
  readonly shows: readonly string[];
}

/** The indented lines of the page: a command, and below it what it prints. */
function stepsIn(page: string): Step[] {
  const steps: { command: string; shows: string[] }[] = [];
  for (const line of page.split('\n').filter((one) => one.startsWith('    '))) {
    const text = line.slice(4);
    if (/^(npx kconform|sh) /.test(text)) steps.push({ command: text, shows: [] });
    else steps.at(-1)?.shows.push(text);
  }
  return steps;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-report-walk-'));
  await copyFile(join(REPOSITORY, 'harness/bug-reports/test-data/listmount.eml'), join(folder, 'report.eml'));
  await writeFile(join(folder, 'revert.patch'), await revertedFix());
}, LIMIT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the fix did, undone in the published source: the field that was spare is a descriptor now. */
async function revertedFix(): Promise<string> {
  const file = 'fs/namespace.c';
  const { tree } = await obtainSource('6.12', {});
  const text = await readFile(join(tree, file), 'utf8');
  const broken = text.replace('if (kreq->mnt_ns_fd != 0 && kreq->mnt_ns_id)', 'if (kreq->mnt_ns_fd != 0)');
  expect(broken).not.toBe(text);
  for (const [name, content] of [
    ['a', text],
    ['b', broken],
  ] as const) {
    await mkdir(join(folder, name, dirname(file)), { recursive: true });
    await writeFile(join(folder, name, file), content);
  }
  const { stdout } = await execa('diff', ['-u', `a/${file}`, `b/${file}`], { cwd: folder, reject: false });
  return `${stdout}\n`;
}

async function outputOf(command: string): Promise<string> {
  const [program = '', ...words] = wordsOf(command);
  if (program === 'npx') return (await kconform(words.slice(1), { cwd: folder, limitMs: LIMIT_MS })).all;
  return (await execa(program, words, { cwd: folder, all: true, reject: false })).all;
}

/** As a shell takes them apart: quotation marks hold a word together. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

const page = await readFile(join(REPOSITORY, 'docs/walkthrough.md'), 'utf8');

test('the page has the commands from the report to the mail', () => {
  const names = stepsIn(page).map(({ command }) => wordsOf(command)[2]);
  expect(names).toEqual(['repro', 'repro', 'bisect', 'evidence', undefined, 'try', 'mail']);
});

// One after the other: each uses what those before it have left.
test.sequential.each(stepsIn(page))('$command', { timeout: LIMIT_MS }, async ({ command, shows }) => {
  const output = await outputOf(command);
  expect(shows.length).toBeGreaterThan(0);
  let rest = output.replaceAll(/[ \t\r]+/g, ' ');
  for (const piece of shows.flatMap((line) => line.replaceAll(/ +/g, ' ').trim().split('…'))) {
    expect(rest, `in order: ${shows.join('\n')}\n\n${output}`).toContain(piece.trim());
    rest = rest.slice(rest.indexOf(piece.trim()) + piece.trim().length);
  }
});
