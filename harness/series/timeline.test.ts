import { expect, test } from 'vitest';
import { painter } from '../report/text/colour.ts';
import { printTimeline } from '../report/text/series/timeline.ts';
import type { Judged } from '../run/results/results-file.ts';
import { judged, observed, published } from './judged.test-support.ts';
import { timelineOf } from './timeline.ts';

const CASE = 'bpffs/unpin';
const late = { reason: 'released late', fix: 'ee04cff9ed4d' };
const before = {
  ...late,
  observations: [observed('map', 'XFAIL', "'there'", "'gone'"), observed('mode', 'PASS', '1')],
};
const after = { observations: [observed('map', 'PASS', "'gone'"), observed('mode', 'PASS', '1')] };

const results: Judged[] = [
  judged('6.12.100', CASE, 'PASS', after),
  judged('6.12.57', CASE, 'SKIP', { reason: 'needs X' }),
  judged('6.12.43', CASE, 'XFAIL', before),
  judged('6.12.9', CASE, 'XFAIL', before),
  judged('6.12.57', 'bpffs/other', 'FAIL'),
  judged('6.12.69', CASE, 'PASS', after),
];

test('kernels are listed oldest first, equal ones together, and a kernel without a verdict is named where the result changes', () => {
  const timeline = timelineOf(results, CASE);
  expect(timeline.kernels).toEqual(['6.12.9', '6.12.43', '6.12.57', '6.12.69', '6.12.100']);
  expect(timeline.verdicts).toEqual([
    { kernels: ['6.12.9', '6.12.43'], verdict: 'XFAIL', shown: 'released late', fix: 'ee04cff9ed4d' },
    { kernels: ['6.12.57'], verdict: 'SKIP', shown: 'needs X' },
    { kernels: ['6.12.69', '6.12.100'], verdict: 'PASS', shown: '' },
  ]);
  expect(timeline.turns).toEqual([
    { to: 'good', after: '6.12.43', at: '6.12.69', unknown: ['6.12.57'], fixes: ['ee04cff9ed4d'] },
  ]);
});

test('the observations that changed, or the requested ones, are listed', () => {
  const changed = timelineOf(results, CASE).observations;
  expect([...changed.keys()]).toEqual(['map']);
  expect(changed.get('map')?.map(({ verdict, shown }) => [verdict, shown])).toEqual([
    ['XFAIL', "'there'"],
    ['SKIP', '(not observed)'],
    ['PASS', "'gone'"],
  ]);
  expect([...timelineOf(results, CASE, 'mode').observations.keys()]).toEqual(['mode']);
  expect([...timelineOf(results, CASE, 'mod').observations.keys()]).toEqual([]);
});

test('a value that a fence expects of newer kernels is a change, another one under the same matcher is none', () => {
  const own = [
    judged('6.12.43', CASE, 'PASS', {
      observations: [observed('id', 'PASS', '7', 'any integer'), observed('n', 'PASS', '1')],
    }),
    judged('6.12.57', CASE, 'PASS', {
      observations: [observed('id', 'PASS', '8', 'any integer'), observed('n', 'PASS', '2')],
    }),
  ];
  expect([...timelineOf(own, CASE).observations.keys()]).toEqual(['n']);
});

test('a bug that comes and goes has two transitions', () => {
  const verdicts = ['PASS', 'XFAIL', 'XFAIL', 'XPASS'] as const;
  const own = verdicts.map((verdict, index) =>
    judged(`6.12.${40 + index}`, CASE, verdict, verdict === 'XFAIL' ? late : {}),
  );
  expect(timelineOf(own, CASE).turns.map(({ to, after: last, at }) => [to, last, at])).toEqual([
    ['bad', '6.12.40', '6.12.41'],
    ['good', '6.12.42', '6.12.43'],
  ]);
});

test('two packages of one version are separate kernels, and of two results on one kernel the later counts', () => {
  const revised = { kernel: { ...published('6.12.90', '2'), version: '6.12.90+deb13.1-cloud-amd64' } };
  const own = [
    judged('6.12.90', CASE, 'FAIL'),
    judged('6.12.90', CASE, 'PASS', revised),
    judged('6.12.90', CASE, 'PASS'),
    judged('6.12.88', CASE, 'FAIL'),
  ];
  expect(timelineOf(own, CASE).verdicts.map(({ kernels, verdict }) => [kernels, verdict])).toEqual([
    [['6.12.88'], 'FAIL'],
    [['6.12.90+deb13', '6.12.90+deb13.1'], 'PASS'],
  ]);
});

test('a timeline as a person reads it', () => {
  const bug = { title: 'released late', fix: 'ee04cff9ed4d', fixedIn: ['6.12.54', '6.18'], instead: {} };
  expect(printTimeline(timelineOf(results, CASE), [bug], painter(false))).toBe(`bpffs/unpin on 5 kernels
  6.12.9 .. 6.12.43    XFAIL  2 kernels  released late (lacks ee04cff9ed4d)
  6.12.57              SKIP              needs X
  6.12.69 .. 6.12.100  PASS   2 kernels

fixed after 6.12.43, by 6.12.69, as ee04cff9ed4d does; no verdict for 6.12.57

declared: released late (fixed in 6.12.54, 6.18 by ee04cff9ed4d)

map
  6.12.9 .. 6.12.43    XFAIL  2 kernels  'there'
  6.12.57              SKIP              (not observed)
  6.12.69 .. 6.12.100  PASS   2 kernels  'gone'
`);
});
