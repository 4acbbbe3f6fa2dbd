import { expect, test } from 'vitest';
import { noReports, type Verdict } from '../../expect/outcome.ts';
import { type RaceRun, untilItShows } from './race.ts';

const KNOWN = { seed: 17, kernel: '6.12.96+deb13-cloud-amd64', qemu: '7.2.22' };
const OBSERVATION = { path: 'missed', verdict: 'PASS', expected: 'false', observed: 'false' } as const;

/** @param verdicts one run each; a SKIP of a race that did not show has observations */
async function tried(verdicts: readonly Verdict[], run: Partial<RaceRun> = {}) {
  const left = [...verdicts];
  const seeds: (number | undefined)[] = [];
  const notices: string[] = [];
  const { attempt } = await untilItShows({
    race: { hits: 40, runs: 50, kernel: '6.12.96' },
    schedule: undefined,
    known: undefined,
    signal: new AbortController().signal,
    notice: (text) => void notices.push(text),
    async attempt(seed) {
      seeds.push(seed);
      const verdict = left.shift() ?? 'ERROR';
      const kernel = { id: 'k', spec: '6.12.96', version: '6.12.96', package: null };
      const observations = verdict === 'ERROR' ? [] : [OBSERVATION];
      const result = { kernel, case: 'a/b', verdict, durationMs: 1, observations, oracles: noReports, rerun: '' };
      return { attempt: { result: { ...result, reason: 'why' }, console: '', transcript: '' } };
    },
    ...run,
  });
  const { verdict, race, durationMs } = attempt.result;
  return { verdict, race, durationMs, seeds, notices };
}

test('a race is run until it shows, and no more often than its odds ask for', async () => {
  expect(await tried(['SKIP', 'PASS', 'XFAIL'])).toMatchObject({
    verdict: 'XFAIL',
    race: { attempts: 3 },
    durationMs: 3,
    seeds: [undefined, undefined, undefined],
  });
  expect(await tried(['SKIP', 'SKIP', 'SKIP', 'SKIP'])).toMatchObject({ verdict: 'SKIP', race: { attempts: 4 } });
  expect(await tried(['ERROR'])).toMatchObject({ verdict: 'ERROR', race: { attempts: 1 } });
});

test('under a schedule of the machine, one run is all', async () => {
  expect(await tried(['SKIP'], { schedule: 5 })).toMatchObject({ verdict: 'SKIP', race: { attempts: 1, schedule: 5 } });
});

test.each(['XFAIL', 'FAIL'] as const)('a known schedule with %s is enough', async (verdict) => {
  const race = { attempts: 1, schedule: 17 };
  expect(await tried([verdict], { known: KNOWN })).toMatchObject({ verdict, race, seeds: [17], notices: [] });
});

test.each([
  ['SKIP', 'schedule 17 of expect.ts does not show it on 6.12.96+deb13-cloud-amd64 any more'],
  ['ERROR', 'schedule 17 of expect.ts could not be tried: why'],
] as const)('a known schedule with %s says so, and the race is run without it', async (first, notice) => {
  expect(await tried([first, 'XFAIL'], { known: KNOWN })).toEqual({
    verdict: 'XFAIL',
    race: { attempts: 1 },
    durationMs: 1,
    seeds: [17, undefined],
    notices: [notice],
  });
});
