/** The end of a log, which CI reads: a part that fails in any way is counted in the last line and named before it. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';

const PARTS = fileURLToPath(new URL('parts', import.meta.url));

test.each([
  [
    'parts that count are summed',
    ['echo "3 passed, 0 failed"', 'echo "4 passed, 0 failed, 2 skipped"'],
    '7 passed, 0 failed',
    0,
  ],
  ['a part without a count is one test', ['true', 'echo "4 passed, 0 failed"'], '5 passed, 0 failed', 0],
  [
    'only the last count of a part is used',
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
  ['a part that fails without output', ['false', 'echo "4 passed, 0 failed"'], '4 passed, 1 failed', 1],
  [
    'a part that fails after it has printed a count without failures',
    ['echo "4 passed, 0 failed"; exit 3'],
    '4 passed, 1 failed',
    1,
  ],
  ['a part that counts failures and exits with 0', ['echo "4 passed, 1 failed"'], '4 passed, 1 failed', 1],
  ['a part that is killed', ['kill -9 $$', 'true'], '1 passed, 1 failed', 1],
  ['a part that hangs', ['sleep 1000 & sleep 1000; echo "9 passed, 0 failed"', 'true'], '1 passed, 1 failed', 1],
  ['a command that does not exist', ['/no/such/command'], '0 passed, 1 failed', 1],
  [
    '--skipped shows skipped tests',
    ['echo "3 passed, 0 failed, 1 skipped"', 'echo "0 passed, 0 failed, 2 skipped"', 'true'],
    '4 passed, 0 failed, 3 skipped',
    0,
    '--skipped',
  ],
  ['--skipped shows nothing where no test was skipped', ['true'], '1 passed, 0 failed', 0, '--skipped'],
])('%s', async (_, parts, line, exitCode, ...options: string[]) => {
  const result = await execa('bash', [PARTS, ...options, '5s', ...parts], { reject: false });
  expect(result.stdout.trimEnd().split('\n').at(-1)).toBe(line);
  expect(result.exitCode).toBe(exitCode);
});

test.each([
  [
    'tests that parts name, once each',
    [
      'echo "failed: a.test.ts: adds: expected 1"; echo "1 passed, 1 failed"; exit 1',
      'echo "3 passed, 0 failed"',
      'echo "failed: b.test.ts: no such file"; echo "failed: a.test.ts: adds: expected 1"; echo "4 passed, 1 failed"; exit 1',
    ],
    ['failed: a.test.ts: adds: expected 1', 'failed: b.test.ts: no such file', '8 passed, 2 failed'],
  ],
  [
    'parts that name no test',
    ['echo "it failed: not at the start of a line"; exit 3', 'sleep 1000', 'echo "0 passed, 1 failed"'],
    [
      'failed: echo "it failed: not at the start of a line"; exit 3: exit code 3',
      'failed: sleep 1000: exit code 124, it took longer than its limit',
      'failed: echo "0 passed, 1 failed"',
      '0 passed, 3 failed',
    ],
  ],
])('the end of the log names %s', async (_, parts, end) => {
  const { stdout } = await execa('bash', [PARTS, '5s', ...parts], { reject: false });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(-end.length)).toEqual(end);
});

/** Starts parts with one command, and waits until it has printed the text. */
async function startedUntil(command: string, text: string) {
  const child = execa('bash', [PARTS, '60s', command], { reject: false });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    output += more;
  });
  await vi.waitUntil(() => output.endsWith(text), 10_000);
  return { child, output };
}

test('what a command prints is shown at once, both streams in their order', async () => {
  const command = 'echo one; echo two >&2; printf three; sleep 30';
  const { child, output } = await startedUntil(command, '\nthree');
  expect(output).toBe(`== ${command}\none\ntwo\nthree`);
  child.kill();
  await child;
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it and all that its command started', async (signal) => {
  const command = `sleep 1000.${process.pid} & echo begins; wait`;
  const { child } = await startedUntil(command, 'begins\n');
  const sleeping = async () => (await execa('pgrep', ['-fx', `sleep 1000.${process.pid}`], { reject: false })).exitCode;
  expect(await sleeping()).toBe(0);
  child.kill(signal);
  await child;
  await vi.waitUntil(async () => (await sleeping()) === 1, 10_000);
});

test('wrong arguments are refused', async () => {
  for (const words of [[], ['5s'], ['true', 'true']]) {
    const { exitCode, stderr } = await execa('bash', [PARTS, ...words], { reject: false });
    expect([exitCode, stderr.split(':')[0]]).toEqual([2, 'usage']);
  }
});
