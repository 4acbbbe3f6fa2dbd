/** Runs in parts, and runs that were killed: the same as one that nothing disturbed. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { disagreements } from '../../report/same-verdicts.ts';
import { readResults } from '../../run/results/results-file.ts';
import { kconform, startKconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
let cases: string;
beforeAll(async () => {
  const wrong = { ...PASSES, outcome: "{ answer: '43' }" };
  const own = NAMES.map((name) => [name, name === 'c' ? wrong : PASSES] as const);
  cases = await temporaryCases(Object.fromEntries(own));
  const whole = await runTo('whole');
  expect(whole.exitCode).toBe(1);
});
afterAll(() => rm(cases, { recursive: true, force: true }));

const out = (name: string) => join(cases, name);

function words(name: string, ...extra: readonly string[]): string[] {
  return ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', out(name), ...extra];
}

function runTo(name: string, extra: readonly string[] = [], env: Record<string, string> = {}) {
  return kconform(words(name, ...extra), { env });
}

test('parts that a CI matrix or an option names make up the whole when they are merged', async () => {
  await runTo('part-1', ['--shard', '1/2']);
  const second = await runTo('part-2', [], { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' });
  expect(second.all).toContain('part 2 of 2');
  const [one, two, whole] = await Promise.all(['part-1', 'part-2', 'whole'].map((name) => readResults(out(name))));
  expect((one?.results.length ?? 0) + (two?.results.length ?? 0)).toBe(NAMES.length + 1);
  // The boot of the kernel is judged by one part alone.
  const all = [one, two].flatMap((file) => file?.results ?? []);
  expect(all.filter((result) => result.case === '(boot)')).toHaveLength(1);

  const merged = await kconform([
    'merge',
    out('part-1'),
    out('part-2'),
    '--out',
    out('merged'),
    '--report',
    `ktap=${out('k')}`,
  ]);
  expect(merged.exitCode).toBe(1);
  expect(merged.all).toContain('5 PASS, 1 FAIL');
  expect(await readFile(out('k'), 'utf8')).toContain('not ok');
  const joined = await readResults(out('merged'));
  expect(disagreements([joined, whole].filter((file) => file !== undefined))).toEqual([]);
  const first = joined.results.find((result) => result.case === 'a');
  const transcript = join(out('merged'), first?.kernel.id ?? '', first?.case ?? '', 'transcript.txt');
  expect(await readFile(transcript, 'utf8')).toContain('echo 42');

  const half = await kconform(['merge', out('part-1'), '--out', out('half')]);
  const lacking = two?.results.map((result) => result.case).sort() ?? [];
  expect(half.all).toContain('missing parts: 2');
  expect(half.all).toContain(`${lacking.length} (`);
  const missing = half.all.split('\n').find((line) => line.startsWith('missing on '));
  expect(missing).toContain(`${lacking.length} (${lacking.join(', ')})`);
  expect(half.exitCode).toBe(2);
});

test('a part without a case is no failure', async () => {
  const parts = await Promise.all([1, 2, 3].map((index) => runTo(`one-${index}`, ['a', '--shard', `${index}/3`])));
  expect(parts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(parts.filter(({ all }) => all.includes('2 PASS'))).toHaveLength(1);
});

test('a killed run leaves what it judged, and --resume judges the rest and no more', async () => {
  const { child, ended } = startKconform(words('killed'));
  while ((await readResults(out('killed')).catch(() => undefined))?.results.length !== 2) await sleep(50);
  child.kill('SIGKILL');
  await ended;
  const before = await readResults(out('killed'));
  expect(before.run.state).toBe('running');
  const resumed = await kconform(['run', '--resume', out('killed'), '--cases', cases]);
  expect(resumed.all).toContain(`${before.results.length} results, which are kept`);
  expect(resumed.exitCode).toBe(1);
  const after = await readResults(out('killed'));
  expect(after.run.state).toBe('finished');
  expect(after.results).toHaveLength(NAMES.length + 1);
  expect(after.results.slice(0, before.results.length)).toEqual(before.results);
  expect(disagreements([after, await readResults(out('whole'))])).toEqual([]);
  const specs = new Set(after.results.map(({ kernel }) => kernel.spec));
  expect([...specs]).toEqual(['6.12']);

  const again = await kconform(['run', '--resume', out('killed'), '--cases', cases]);
  expect(again.all).not.toContain('booting');
  expect(await readResults(out('killed')).then(({ results }) => results)).toEqual(after.results);
}, 300_000);

test('a folder without results is no obstacle: the run was cut before it began', async () => {
  const result = await kconform(['run', 'a', '--cases', cases, '--kernel', '6.12', '--resume', out('nothing-yet')]);
  expect(result.all).toContain('the run starts from the beginning');
  expect((await readResults(out('nothing-yet'))).results.map((result) => result.case)).toEqual(['(boot)', 'a']);
});
