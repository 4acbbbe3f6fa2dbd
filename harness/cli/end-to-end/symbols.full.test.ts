/** File and line in a splat of a published kernel, whose debug information is 320 MB to download. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';

test('repro --symbols shows file and line of a published kernel', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-symbols-'));
  try {
    await writeFile(join(folder, 'crash.sh'), 'echo c > /proc/sysrq-trigger\n');
    const result = await kconform(['repro', join(folder, 'crash.sh'), '--kernel', '6.12', '--symbols'], {
      limitMs: 600_000,
    });
    expect(result.stdout).toMatch(/sysrq_handle_crash\+0x[0-9a-f]+\/0x[0-9a-f]+ \(drivers\/tty\/sysrq\.c:\d+\)/);
    expect(result.exitCode).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 600_000);

test('shell --symbols shows them at the end of the session', async () => {
  const words = ['shell', '--kernel', '6.12', '--symbols', '--', 'echo c > /proc/sysrq-trigger'];
  const result = await kconform(words, { limitMs: 600_000 });
  expect(result.stderr).toMatch(/sysrq_handle_crash\+0x[0-9a-f]+\/0x[0-9a-f]+ \(drivers\/tty\/sysrq\.c:\d+\)/);
  expect(result.exitCode).toBe(2);
}, 600_000);
