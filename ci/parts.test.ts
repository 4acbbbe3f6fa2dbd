/** The line that CI reads: a part that fails in any way must show in it. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const PARTS = fileURLToPath(new URL('parts', import.meta.url));

test.each([
  [
    'parts that count are summed',
    ['echo "3 passed, 0 failed"', 'echo "4 passed, 0 failed, 2 skipped"'],
    '7 passed, 0 failed',
    0,
  ],
  ['a part that does not count is one test', ['true', 'echo "4 passed, 0 failed"'], '5 passed, 0 failed', 0],
  [
    'the last line of a part is its own',
    ['echo "1 passed, 0 failed"; echo "9 passed, 0 failed"'],
    '9 passed, 0 failed',
    0,
  ],
  [
    'failures are summed',
    ['echo "3 passed, 2 failed"; exit 1', 'echo "1 passed, 1 failed"; exit 1'],
    '4 passed, 3 failed',
    1,
  ],
  ['a part that fails without a word', ['false', 'echo "4 passed, 0 failed"'], '4 passed, 1 failed', 1],
  ['a part that fails after it has counted', ['echo "4 passed, 0 failed"; exit 3'], '4 passed, 1 failed', 1],
  ['a part that counts failures and exits with 0', ['echo "4 passed, 1 failed"'], '4 passed, 1 failed', 1],
  ['a part that is killed', ['kill -9 $$', 'true'], '1 passed, 1 failed', 1],
  ['a part that hangs', ['sleep 1000 & sleep 1000; echo "9 passed, 0 failed"', 'true'], '1 passed, 1 failed', 1],
  ['a part that is not there', ['/no/such/command'], '0 passed, 1 failed', 1],
  [
    'skipped parts show where that is asked for',
    ['echo "3 passed, 0 failed, 1 skipped"', 'echo "0 passed, 0 failed, 2 skipped"', 'true'],
    '4 passed, 0 failed, 3 skipped',
    0,
    '--skipped',
  ],
  ['nothing was skipped', ['true'], '1 passed, 0 failed', 0, '--skipped'],
])('%s', async (_, parts, line, exitCode, ...options: string[]) => {
  const result = await execa('bash', [PARTS, ...options, '5s', ...parts], { reject: false });
  expect(result.stdout.trimEnd().split('\n').at(-1)).toBe(line);
  expect(result.exitCode).toBe(exitCode);
});
