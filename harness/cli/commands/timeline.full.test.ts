/** The history of a file over published kernels. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from '../end-to-end/command-line.test-support.ts';

test('a file has a timeline: where it fails, where it does not end, and where it passes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-timeline-'));
  try {
    const file = join(folder, 'report.sh');
    await writeFile(file, 'case $(uname -r) in 6.12.85?*) exit 1;; 6.12.86?*) sleep 1000;; esac\n');
    const words = ['--kernel', '6.12.85..6.12.88', '--limit', '3'];
    const result = await kconform(['timeline', file, ...words], { limitMs: 280_000 });
    expect(result.stdout).toMatch(/^report\.sh on 3 kernels\n/);
    expect(result.stdout).toMatch(/ {2}6\.12\.85 +FAIL +the scenario failed: exit code 1\n/);
    expect(result.stdout).toMatch(/ {2}6\.12\.86 +FAIL +did not end within 3 s, nor within 6 s\n/);
    expect(result.stdout).toMatch(/ {2}6\.12\.88 +PASS\n/);
    expect(result.stdout).toContain('fixed after 6.12.86, by 6.12.88');
    expect(result.exitCode).toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
