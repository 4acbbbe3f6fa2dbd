import { expect, test } from 'vitest';
import { divide, parseShard, shardOfEnvironment } from './shard.ts';

const shares = Array.from({ length: 600 }, (_, index) => ({
  key: `kernel ${index % 20}\ncase ${Math.floor(index / 20)}`,
  name: `case ${Math.floor(index / 20)}`,
}));

function sizes(parts: ReadonlyMap<string, number>, count: number): number[] {
  return Array.from({ length: count }, (_, index) => [...parts.values()].filter((part) => part === index + 1).length);
}

test('every share has one part, and the parts are about as large as one another', () => {
  const all = sizes(divide(shares, 4, undefined), 4);
  expect(all.reduce((sum, size) => sum + size)).toBe(600);
  expect(Math.min(...all)).toBeGreaterThan(110);
});

test('a kernel that is published while the parts start changes nothing for the others', () => {
  const before = divide(shares, 4, undefined);
  const after = divide(
    [...shares.map(({ name }) => ({ key: `new\n${name}`, name })), ...[...shares].reverse()],
    4,
    undefined,
  );
  for (const { key } of shares) expect(after.get(key)).toBe(before.get(key));
});

test('with durations the parts take as long as one another, in whatever order the shares come', () => {
  const durations = Object.fromEntries(shares.map(({ name }, index) => [name, index % 7 === 0 ? 9000 : 300]));
  const parts = divide(shares, 3, durations);
  const loads = [0, 0, 0];
  for (const { key, name } of shares) {
    const part = (parts.get(key) ?? 0) - 1;
    loads[part] = (loads[part] ?? 0) + (durations[name] ?? 0);
  }
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(9000);
  expect([...divide([...shares].reverse(), 3, durations)].sort()).toEqual([...parts].sort());
});

test('what was never timed counts as usual', () => {
  const parts = divide(
    [
      { key: 'a', name: 'a' },
      { key: 'b', name: 'b' },
      { key: 'c', name: 'c' },
    ],
    2,
    { a: 1000, b: 10 },
  );
  expect([parts.get('a'), parts.get('c'), parts.get('b')]).toEqual([1, 2, 2]);
});

test.each([
  [
    { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' },
    { index: 2, count: 5 },
  ],
  [{ CI_NODE_TOTAL: '1' }, undefined],
  [{ CI_NODE_INDEX: '1', CI_NODE_TOTAL: '1' }, undefined],
  [
    { JOB_COMPLETION_INDEX: '0', KCONFORM_SHARDS: '3' },
    { index: 1, count: 3 },
  ],
  [{ JOB_COMPLETION_INDEX: '0' }, undefined],
  [
    { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '4', SLURM_ARRAY_TASK_COUNT: '4' },
    { index: 4, count: 4 },
  ],
  [
    { SLURM_ARRAY_TASK_ID: '4', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_STEP: '2' },
    { index: 3, count: 3 },
  ],
  [{}, undefined],
])('%j', (env, shard) => expect(shardOfEnvironment(env)).toEqual(shard));

test.each([
  [{ SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '3' }],
  [{ CI_NODE_INDEX: 'x', CI_NODE_TOTAL: '5' }],
])('%j is no part, which is better said than run', (env) => {
  expect(() => shardOfEnvironment(env)).toThrow(expect.objectContaining({ code: 'KC_SHARD' }));
});

test.each(['0/4', '5/4', '4', 'a/b', '1/0', ''])('--shard %s is refused', (text) => {
  expect(() => parseShard(text)).toThrow(expect.objectContaining({ code: 'KC_SHARD' }));
});
