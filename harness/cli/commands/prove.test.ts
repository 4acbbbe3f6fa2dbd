import { expect, test } from 'vitest';
import { kconform } from '../end-to-end/command-line.test-support.ts';

test('an unknown mutant is refused with the groups there are', async () => {
  const { exitCode, stderr } = await kconform(['prove', 'nonsense']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('there is no mutant "nonsense"');
  expect(stderr).toContain('revert, delegation');
});

test('the declared mutants are listed with what must fail on each, and nothing is built', async () => {
  const { exitCode, stdout } = await kconform(['prove', 'revert/option-string', '--list']);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'revert/option-string (undoes 1f97c03f43fa): breaks strings/freed-number, strings/freed-refused',
    '  bpffs/fsconfig-string-leak: accepted.grownKiB, rejected.grownKiB',
    '  bpffs/fsconfig-string-leak-kmemleak: by its oracles',
  ]);
});
