import { expect, it } from 'vitest';
import { proposeList, type SeenTest } from './proposal.ts';

function seen(name: string, verdict: string, subtests: Record<string, string>): SeenTest {
  const observations = Object.entries(subtests).map(([path, own]) => ({
    path: `subtests["${path}"]`,
    verdict: own,
    observed: "'fail'",
  }));
  return {
    name,
    kernel: '6.12.118',
    verdict,
    observations: [{ path: 'status', verdict, observed: "'fail'" }, ...observations],
  };
}

const BEFORE = { source: '6.12.100', kernels: ['6.12.100'], tests: { a: ['x'], gone: ['y'], skipped: ['z'] } };

it('shows what is new and keeps what the run did not have', () => {
  const run = [seen('a', 'PASS', { x: 'PASS', 'x 2': 'PASS' }), seen('b', 'PASS', {}), seen('skipped', 'SKIP', {})];
  const { list, added, addedSubtests, unseen, failures } = proposeList(BEFORE, run, '6.12.118');
  expect(list).toEqual({
    source: '6.12.118',
    kernels: ['6.12.118'],
    tests: { a: ['x', 'x 2'], b: [], gone: ['y'], skipped: ['z'] },
  });
  expect({ added, addedSubtests, unseen, failures }).toEqual({
    added: ['b'],
    addedSubtests: ['a: x 2'],
    unseen: ['gone'],
    failures: '',
  });
});

it('leaves the reason of a failure to a person', () => {
  const run = [seen('a', 'FAIL', { x: 'FAIL', ok: 'PASS' }), seen('c', 'FAIL', {})];
  expect(proposeList(undefined, run, undefined).failures).toBe(
    [
      `    "a": { known: [{ reason: 'TODO', cause: 'TODO', subtests: ["x"] }] },`,
      `    "c": { known: [{ reason: 'TODO', cause: 'TODO' }] },`,
    ].join('\n'),
  );
});

it('does not take a test that was an ERROR for known', () => {
  expect(proposeList(undefined, [seen('a', 'ERROR', {})], undefined).added).toEqual([]);
});
