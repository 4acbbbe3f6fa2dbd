import { expect, it } from 'vitest';
import { newSkipsText } from './judge-by-list.ts';
import type { ListedTest, TestList } from './list.ts';
import { proposeList, type SeenTest } from './proposal.ts';

function seen(name: string, verdict: string, subtests: Record<string, string>, kernel = '6.12.118'): SeenTest {
  const observations = Object.entries(subtests).map(([path, own]) => ({
    path: `subtests["${path}"]`,
    verdict: own,
    observed: own === 'SKIP' ? "'skip'" : own === 'PASS' ? "'pass'" : "'fail'",
  }));
  return { name, kernel, verdict, observations: [{ path: 'status', verdict, observed: "'fail'" }, ...observations] };
}

function entry(subtests: string[], skipped: string[] = [], mayBeSkipped = false): ListedTest {
  return { subtests, skipped, mayBeSkipped };
}

const BEFORE: TestList = {
  source: '6.12.100',
  kernels: ['6.12.100'],
  tests: {
    a: entry(['x', 'lost']),
    gone: entry(['y']),
    skipped: entry(['z']),
    old: { subtests: ['p', 'q'], mayBeSkipped: false },
  },
};

it('shows what is new and keeps what the run did not have', () => {
  const run = [seen('a', 'PASS', { x: 'PASS', 'x 2': 'PASS' }), seen('b', 'PASS', {}), seen('skipped', 'SKIP', {})];
  const { list, ...rest } = proposeList(BEFORE, run, { source: '6.12.118' });
  expect(list).toEqual({
    source: '6.12.118',
    kernels: ['6.12.100', '6.12.118'],
    tests: { ...BEFORE.tests, a: entry(['x', 'lost', 'x 2']), b: entry([]) },
  });
  expect(rest).toEqual({
    added: ['b'],
    addedSubtests: ['a: x 2'],
    unseen: ['gone', 'old'],
    vanished: ['a: lost'],
    failures: '',
  });
});

it('takes no name for new that differs from one of the list only in numbers', () => {
  const run = [seen('a', 'PASS', { x: 'PASS', 'of 16 pages': 'PASS', 'of 17 pages': 'PASS' })];
  const before = { ...BEFORE, tests: { a: entry(['x', 'of 7 pages']) } };
  const { list, addedSubtests, vanished } = proposeList(before, run, { prune: true });
  expect(list.tests).toEqual({ a: entry(['x', 'of 7 pages', 'of 17 pages']) });
  expect(addedSubtests).toEqual(['a: of 17 pages']);
  expect(vanished).toEqual([]);
});

it('drops what is gone only if it is told to, and never what the run was not asked for', () => {
  const run = [seen('a', 'PASS', { x: 'PASS' }), seen('skipped', 'SKIP', {})];
  const { list, vanished } = proposeList(BEFORE, run, { unbuilt: ['gone'], prune: true });
  expect(list.tests).toEqual({ a: entry(['x']), skipped: BEFORE.tests.skipped, old: BEFORE.tests.old });
  expect(vanished).toEqual(['a: lost']);
  expect(proposeList(BEFORE, run, { unbuilt: ['gone'] }).list.tests).toEqual(BEFORE.tests);
});

it('records what skips in a test that is new, or of which no skips are known', () => {
  const run = [
    seen('b', 'PASS', { one: 'PASS', two: 'SKIP' }),
    seen('b', 'PASS', { one: 'SKIP', two: 'PASS' }, '6.12.43'),
    seen('c', 'SKIP', {}),
    seen('c', 'PASS', { d: 'PASS' }, '6.12.43'),
    seen('old', 'PASS', { p: 'PASS', q: 'SKIP' }),
  ];
  const { list } = proposeList(BEFORE, run, {});
  expect(list.tests).toMatchObject({
    b: entry(['one', 'two'], ['one', 'two']),
    c: entry(['d'], [], true),
    old: entry(['p', 'q'], ['q']),
  });
});

it('does not take back that a test or a subtest does not skip', () => {
  const run = [seen('a', 'PASS', { x: 'SKIP', lost: 'PASS', more: 'SKIP' }), seen('skipped', 'SKIP', {})];
  const { list } = proposeList(BEFORE, run, {});
  expect(list.tests).toMatchObject({ a: entry(['x', 'lost', 'more'], ['more']), skipped: entry(['z']) });
});

it('leaves the reason of a failure to a person', () => {
  const run = [seen('a', 'FAIL', { x: 'FAIL', ok: 'PASS' }), seen('c', 'FAIL', {})];
  expect(proposeList(undefined, run, {}).failures).toBe(
    [
      `    "a": { known: [{ reason: 'TODO', cause: 'TODO', subtests: ["x"] }] },`,
      `    "c": { known: [{ reason: 'TODO', cause: 'TODO' }] },`,
    ].join('\n'),
  );
});

it('leaves the reason of a new skip to a person', () => {
  const failed = (name: string, skipped: 'all' | string[], subtests: Record<string, string>): SeenTest => {
    const one = seen(name, 'FAIL', subtests);
    const observed = `'${newSkipsText(skipped, '6.12.100')}'`;
    return { ...one, observations: [...one.observations, { path: 'problems[0]', verdict: 'FAIL', observed }] };
  };
  const run = [
    failed('a', ['x'], { x: 'SKIP', lost: 'PASS' }),
    failed('gone', ['y'], { y: 'SKIP', z: 'FAIL' }),
    failed('skipped', 'all', { z: 'SKIP' }),
  ];
  expect(proposeList(BEFORE, run, {}).failures).toBe(
    [
      `    "a": { skips: [{ reason: 'TODO', subtests: ["x"] }] },`,
      `    "gone": { known: [{ reason: 'TODO', cause: 'TODO', subtests: ["z"] }] },`,
      `    "skipped": { skips: [{ reason: 'TODO' }] },`,
    ].join('\n'),
  );
});

it('does not take a test that was an ERROR for known', () => {
  expect(proposeList(undefined, [seen('a', 'ERROR', {})], {}).added).toEqual([]);
});
