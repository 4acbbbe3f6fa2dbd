import { expect, test } from 'vitest';
import type { Observation } from '../../expect/judge/judge-leaf.ts';
import { aroundDifference, printDifferences } from './differences.ts';

const many: readonly Observation[] = [
  { path: 'known', verdict: 'XFAIL', expected: "'ENOENT'", observed: "'still there'" },
  { path: 'root.mode', verdict: 'PASS', expected: '0o41777', observed: '0o41777' },
  ...Array.from(
    { length: 40 },
    (_, index): Observation => ({
      path: `${index < 25 ? 'shown' : 'refused'}[${index}].errno`,
      verdict: 'FAIL',
      expected: `'EINVAL'`,
      observed: 'null',
    }),
  ),
];

test('forty failing observations stay readable: failures first, the rest counted by name', async () => {
  await expect(printDifferences(many).join('\n')).toMatchFileSnapshot('golden/forty-differences.txt');
});

test('of long values the part is shown where they begin to differ', () => {
  const options = `'rw,relatime,${'delegate_cmds=map_create:'.repeat(20)}`;
  const [expected, observed] = aroundDifference(`${options}prog_load'`, `${options}obj_pin'`);
  expect(expected.length).toBeLessThanOrEqual(60);
  expect(expected).toMatch(/^….*prog_load'$/);
  expect(observed).toMatch(/^….*obj_pin'$/);
});

test('short values are shown whole, and one long value is cut', () => {
  expect(aroundDifference("'EPERM'", 'null')).toEqual(["'EPERM'", 'null']);
  const [expected, observed] = aroundDifference('x'.repeat(5000), 'null');
  expect([expected.length, observed]).toEqual([60, 'null']);
});

test('a name that the guest made up cannot write to the terminal', () => {
  const [, line] = printDifferences([{ path: 'a\u001b[31m\n', verdict: 'FAIL', expected: '1', observed: '2' }]);
  expect(line).toBe('a     1         2');
});
