import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { generalise } from './generalise.ts';
import { proposeExpectation } from './proposal.ts';

const SPLAT = {
  kind: 'WARNING',
  title: "WARNING: at kernel/x.c f's",
  fingerprint: [],
  at: null,
  state: 'whole' as const,
  text: [],
};

test('each value gets a place for its reason; what differs between two runs becomes a matcher or is left out', async () => {
  const steady = { refused: 'EPERM', root: { uid: 0, mode: 0o41777 }, 'a-b': [1, [null, true]], none: {} };
  const proposed = proposeExpectation({
    typed: true,
    version: '6.12.57+deb12-cloud-amd64',
    first: {
      ...steady,
      pid: 212,
      line: 'pid 212 of 3',
      release: 'Linux 6.12.57+deb12-cloud-amd64',
      ids: [4, 5],
      odd: null,
    },
    second: {
      ...steady,
      pid: 319,
      line: 'pid 319 of 3',
      release: 'Linux 6.12.57+deb12-cloud-amd64',
      ids: [41, 42],
      odd: 1,
    },
    splats: [SPLAT, SPLAT],
  });
  await expect(proposed.text).toMatchFileSnapshot('golden/proposal.ts.txt');
  expect(proposed.leftOut).toEqual(['odd']);
});

test('whatever an observation is called, the proposal is TypeScript that expects just that', () => {
  const seen = JSON.parse('{"x":{"$matcher":"zzz"},"y":{"$matcher":"anyOf","$with":[1]},"__proto__":{"a b":1}}');
  const { text, leftOut } = proposeExpectation({
    typed: false,
    version: '6.12',
    first: seen,
    second: seen,
    splats: [],
  });
  const outcome = /outcome: (\{[\s\S]*\}),\n\}\);/.exec(text)?.[1] ?? '';
  expect(runInNewContext(`JSON.stringify(${outcome})`)).toBe(JSON.stringify(seen));
  expect(leftOut).toEqual([]);
});

describe('what two values have in common', () => {
  test.each([
    [1, 4711, 'atLeast(1)'],
    [0, 3, 'atLeast(0)'],
    [-1, 3, undefined],
    ['1000', '1001', 'matching(/^\\d+$/)'],
    ['map_id: 7 (x)', 'map_id: 44 (x)', 'matching(/^map_id: \\d+ \\(x\\)$/)'],
    ['f00d-1a', 'b33f-2b', 'matching(/^[0-9A-Fa-f]+-[0-9A-Fa-f]+$/)'],
    ['ab1\ncd', 'ab2\ncd', 'matching(/^ab\\d+\\ncd$/)'],
    ['Tue /tmp/aXq', 'Wed /tmp/bZr', 'matching(/^[^\\s:,=\\/]+ \\/tmp\\/[^\\s:,=\\/]+$/)'],
    ['', 'text', undefined],
    ['one', 'one more', undefined],
    [true, false, undefined],
    ['1', 1, undefined],
  ])('%j and %j', (first, second, code) => {
    const general = generalise(first, second);
    expect(general && `${general.name}(${general.argument})`).toBe(code);
  });
});
