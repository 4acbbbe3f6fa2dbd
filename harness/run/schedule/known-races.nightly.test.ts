/**
 * The races of docs/races.md: some seed hits on the last published kernel without the fix, its replays are identical, and no seed hits
 * on the first kernel with it. Prints a line of figures for each.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../cli/end-to-end/command-line.test-support.ts';
import { findingOf, isReproduced } from '../../report/text/attempt.ts';
import type { ScenarioRun } from '../case/observe.ts';
import { secondsSince, seedRuns, traceOf, twoAtOnce } from './schedule.test-support.ts';

const MOST_SEEDS = 100;
const SEARCH_MS = 600_000;
const REPLAYS = 20;
/** On the kernel with the fix; more where the search took more. */
const FEWEST_SEEDS = 4;
const LIMIT_MS = 2 * 3_600_000;

interface Hit {
  readonly seed: number;
  readonly seen: ScenarioRun;
  readonly seconds: number;
  /** How many seeds were begun until then. */
  readonly tried: number;
}

/** Tries seeds as `repro --search` does, two at once, until one hits. */
async function search(run: Awaited<ReturnType<typeof seedRuns>>): Promise<Hit | undefined> {
  const from = performance.now();
  const over = new AbortController();
  let tried = 0;
  let hit: Hit | undefined;
  await twoAtOnce(seedsUpTo(MOST_SEEDS), async (seed) => {
    if (over.signal.aborted || performance.now() - from > SEARCH_MS) return;
    tried++;
    const seen = await run(seed, over.signal).catch((error: unknown) => {
      if (over.signal.aborted) return undefined; // the other seed was quicker
      throw error;
    });
    if (seen === undefined || hit !== undefined || !isReproduced(seen)) return;
    hit = { seed, seen, seconds: secondsSince(from), tried };
    over.abort();
  });
  return hit;
}

function seedsUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

test.each([
  ['epoll/zero-timeout', '6.12.96', '6.12.100'],
  ['io-uring/file-of-queued-request', '6.12.113', '6.12.115'],
  ['keys/key-after-restriction', '6.12.111', '6.12.113'],
  ['memory/memfd-position', '6.12.117', '6.12.118'],
  ['notify/marks-changed-together', '6.12.107', '6.12.111'],
])('%s: found on %s, replayed, and not found on %s', { timeout: LIMIT_MS }, async (name, without, fixed) => {
  const file = join(REPOSITORY, 'cases', name, 'scenario.c');
  const run = await seedRuns(file, without);
  const load = loadavg()[0]?.toFixed(0);
  const hit = await search(run);
  if (hit === undefined) throw new Error(`no seed hits ${name} on ${without}`);
  const { seed, seconds, tried } = hit;

  const replayedFrom = performance.now();
  const other: string[] = [];
  await twoAtOnce(Array<number>(REPLAYS).fill(seed), async (again) => {
    const trace = traceOf(await run(again));
    if (trace !== traceOf(hit.seen)) other.push(trace);
  });
  const replaySeconds = secondsSince(replayedFrom);

  const runFixed = await seedRuns(file, fixed);
  const seeds = seedsUpTo(Math.max(FEWEST_SEEDS, tried));
  const fixedFrom = performance.now();
  const findings: string[] = [];
  await twoAtOnce(seeds, async (one) => void findings.push(findingOf(await runFixed(one))));
  process.stdout.write(
    `${name}: seed ${seed} hits on ${without} after ${seconds} s, ${tried} seeds begun, load ${load}; ` +
      `${REPLAYS - other.length} of ${REPLAYS} replays identical, ${replaySeconds} s; ` +
      `${seeds.length} seeds on ${fixed}: ${findings.join(', ')}, ${secondsSince(fixedFrom)} s\n`,
  );
  expect(other).toEqual([]);
  expect(findings).toEqual(seeds.map(() => 'nothing'));
});
