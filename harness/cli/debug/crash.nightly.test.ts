/**
 * crash(8) opens a dump of a guest and lists its tasks. Debian 12's crash 8.0.2 does not know the structures of 6.12, so the kernel is 6.1;
 * its debug information is 284 MB to download.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { kconform } from '../end-to-end/command-line.test-support.ts';

const LIMIT_MS = 1_800_000;
const hasCrash = (await execa('crash', ['--version'], { reject: false, stdin: 'ignore' })).exitCode !== undefined;
const withCrash = hasCrash ? test : test.skip;

withCrash(
  'the printed command of crash opens a dump of a panicked guest and lists its tasks',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kc-crash-'));
    try {
      const dump = join(folder, 'core');
      await writeFile(join(folder, 'crash.sh'), 'echo c > /proc/sysrq-trigger\n');
      const words = ['repro', join(folder, 'crash.sh'), '--kernel', '6.1', '--stop-at', 'panic', '--dump', dump];
      const { stderr, exitCode } = await kconform(words, { limitMs: LIMIT_MS });
      expect(exitCode).toBe(2);
      const [, image = ''] = /crash (\S+\/vmlinux) \S+$/m.exec(stderr) ?? [];
      const input = 'list task_struct.tasks -h init_task -s task_struct.comm\nlog\nquit\n';
      const { all } = await execa('crash', ['-s', image, dump], { input, all: true, reject: false, timeout: LIMIT_MS });
      expect(all).toMatch(/comm = "init\\000/);
      expect(all).toMatch(/comm = "kthreadd\\000/);
      expect(all).toContain('sysrq: Trigger a crash');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  LIMIT_MS,
);
