/** Outcomes of earlier runs, in guests of the published kernel. The tests follow one another: each finds what the one before left. */
import { mkdtempSync } from 'node:fs';
import { readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expects, keptWith, reuseBench } from './reuse.test-support.ts';

const bench = reuseBench();
const STEADY = ['same', 'shell', 'typed'];
const VARYING = ['clock', 'fails'];
const COUNT = join(mkdtempSync(join(tmpdir(), 'kc-race-')), 'attempts');

beforeAll(async () => {
  await bench.write('helper.ts', 'export const WORD = "one";\n');
  await bench.write('same/scenario.ts', typescript('return { word: WORD };', "import { WORD } from '../helper.ts';"));
  await bench.write('same/expect.ts', expects("{ word: 'one' }"));
  await bench.write('typed/scenario.ts', typescript('return { word: (await guest.$`echo typed`).stdout };'));
  await bench.write('typed/expect.ts', expects("{ word: 'typed' }"));
  await bench.write('shell/scenario.sh', 'echo shell\n');
  await bench.write('shell/expect.ts', expects("{ exitCode: 0, signal: null, output: 'shell' }"));
  await bench.write('clock/scenario.ts', typescript('return { later: Date.now() > 0 };'));
  await bench.write('clock/expect.ts', expects('{ later: true }'));
  const attempt = `(await import('node:fs')).appendFileSync(${JSON.stringify(COUNT)}, 'x'); return { ok: true };`;
  await bench.write('race/scenario.ts', typescript(attempt));
  const race = "race: { hits: 40, runs: 50, kernel: '6.12' },";
  const bug = "knownBugs: [{ title: 't', fix: null, fixedIn: [], instead: { ok: false } }],";
  await bench.write('race/expect.ts', expects('{ ok: true }', race + bug));
  await bench.write('fails/scenario.ts', typescript("throw new Error('always');"));
  await bench.write('fails/expect.ts', expects('{ never: true }'));
});

afterAll(() => rm(dirname(COUNT), { recursive: true, force: true }));

function typescript(body: string, imports = ''): string {
  return `import { scenario } from 'kconform';\n${imports}\nexport default scenario(async ({ guest }) => { void guest; ${body} });\n`;
}

test('the first run runs all, and keeps what can be used again', async () => {
  const { ran, results } = await bench.judge([...STEADY, ...VARYING]);
  expect(ran).toEqual([...STEADY, ...VARYING].sort());
  expect([...results.values()].filter(({ verdict }) => verdict !== 'PASS').map((one) => one.case)).toEqual(['fails']);
  expect(await bench.kept()).toHaveLength(STEADY.length);
});

test('the second run of what has not changed makes no guest', async () => {
  const { ran, hadGuests, results, events } = await bench.judge(STEADY);
  expect(ran).toEqual([]);
  expect(hadGuests).toBe(false);
  expect([...results.keys()].sort()).toEqual(['(boot)', ...STEADY]);
  for (const { verdict, reused } of results.values()) {
    expect(verdict).toBe('PASS');
    expect(reused?.at).toMatch(/^\d{4}-\d\d-\d\dT/);
  }
  const ended = events.find((event) => event.type === 'case-finished' && event.result.case === 'typed');
  expect(ended).toMatchObject({ transcript: expect.stringContaining('$ echo typed') });
});

test('a scenario that reads the clock runs each time, and it is said why; an ERROR runs again', async () => {
  const { ran, events } = await bench.judge([...VARYING, 'same']);
  expect(ran).toEqual(VARYING);
  const told = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
  expect(told).toEqual(['the outcome of clock is not used again, because it reads the clock']);
});

test('a race that does not show is run as often as its odds ask for, and each time', async () => {
  const { results, events } = await bench.judge(['race']);
  expect(results.get('race')).toMatchObject({
    verdict: 'SKIP',
    reason: 'not reproduced in 4 attempts, which proves nothing: t',
    observations: [{ path: 'ok', verdict: 'SKIP' }],
  });
  expect(await readFile(COUNT, 'utf8')).toBe('xxxx');
  const told = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
  expect(told).toEqual(['the outcome of race is not used again, because it is a race']);
});

test('an edit of a file makes the case that imports it run, and no other', async () => {
  await bench.write('helper.ts', 'export const WORD = "one"; // edited\n');
  expect((await bench.judge(STEADY)).ran).toEqual(['same']);
});

test('another expectation is held against what was observed', async () => {
  await bench.write('typed/expect.ts', expects("{ word: 'another' }"));
  const failed = { verdict: 'FAIL', reason: "word: expected 'another', observed 'typed'" };
  const second = await bench.judge(['typed']);
  expect(second.ran).toEqual(['typed']); // a FAIL must have been seen twice
  expect(second.results.get('typed')).toMatchObject(failed);
  const third = await bench.judge(['typed']);
  expect(third.hadGuests).toBe(false);
  expect(third.results.get('typed')).toMatchObject({ ...failed, reused: {} });
  await bench.write('typed/expect.ts', expects("{ word: 'typed' }"));
});

test('a kept outcome that was cut off is none, and what is seen instead is kept', async () => {
  await truncate(await keptWith(bench, '"typed"'), 500);
  const { ran, results } = await bench.judge(['typed', 'same']);
  expect(ran).toEqual(['typed']);
  expect(results.get('typed')?.verdict).toBe('PASS');
  expect((await bench.judge(['typed'])).ran).toEqual([]);
});
