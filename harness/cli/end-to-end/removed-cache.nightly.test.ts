/** A cache that somebody removes, or cleans up, while a run uses it. */
import { mkdtemp, readdir, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readResults } from '../../run/results/results-file.ts';
import { cacheIn, kconform, startKconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
let cases: string;
let home: string;
beforeAll(async () => {
  const slow = { ...PASSES, scenario: `await guest.$\`sleep 0.5\`; ${PASSES.scenario}` };
  cases = await temporaryCases(Object.fromEntries(NAMES.map((name) => [name, slow])));
});
afterAll(() => rm(cases, { recursive: true, force: true }));
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-removed-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Runs all cases, and does something to the cache after the first verdicts. */
async function runMeanwhile(env: Record<string, string>, action: () => Promise<void>, own: readonly string[] = []) {
  const out = join(home, 'out');
  const words = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', out, ...own];
  const { ended } = startKconform(words, { env });
  while (((await readResults(out).catch(() => undefined))?.results.length ?? 0) < 2) await sleep(50);
  await action();
  return { ...(await ended), out };
}

test('a frozen guest that was removed is made again', async () => {
  const env = await cacheIn(home, 'kernels', 'apt');
  const result = await runMeanwhile(env, () => rm(join(home, 'kconform/templates'), { recursive: true }));
  expect(result.all).toContain('the cache was removed during the run');
  expect(result.all).not.toMatch(/^(FAIL|ERROR)/m);
  expect(result.exitCode).toBe(0);
}, 200_000);

test('a cache of which nothing is left is an ERROR of the host, which --resume judges again', async () => {
  const env = await cacheIn(home, 'kernels', 'apt');
  const cache = join(home, 'kconform');
  const result = await runMeanwhile(env, () => rename(cache, join(home, 'gone')));
  expect(result.all).toMatch(
    /ERROR[\s\S]*the cache was removed during the run[\s\S]*to blame: the host[\s\S]*--resume/,
  );
  expect(result.all).not.toMatch(/^FAIL/m);
  expect(result.exitCode).toBe(2);
  await rm(cache, { recursive: true, force: true });
  await rename(join(home, 'gone'), cache);
  const resumed = await kconform(['run', '--cases', cases, '--resume', result.out], { env });
  expect(resumed.all).toContain('ERRORs of the host or the harness are judged again');
  expect(resumed.exitCode).toBe(0);
}, 200_000);

test('a clean-up by another run removes no file that this run needs, however old it is', async () => {
  const env = await cacheIn(home, 'kernels', 'apt');
  const cleanUp = async () => {
    const longAgo = new Date(Date.now() - 3 * 3_600_000);
    for (const kind of ['kernels', 'initramfs']) {
      const folder = join(home, 'kconform', kind);
      for (const name of await readdir(folder)) {
        if (!/\.(use-|lock)/.test(name)) await utimes(join(folder, name), longAgo, longAgo);
      }
    }
    const cleaned = await kconform(['cache', '--prune'], { env: { ...env, KCONFORM_CACHE_GIB: '0' } });
    expect(cleaned.exitCode).toBe(0);
  };
  const boots = ['--isolation', 'cold'];
  const result = await runMeanwhile(env, cleanUp, boots);
  expect(result.all).not.toMatch(/^(FAIL|ERROR)|removed during the run/m);
  expect(result.exitCode).toBe(0);
}, 300_000);
