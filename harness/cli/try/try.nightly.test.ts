/** A one-line patch of a real kernel, from the mail to what it changes; its profile is built first where it is not. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { obtainSource } from '../../kernels/build/source.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';
import { readTried } from './tried.ts';

const LIMIT_MS = 3_600_000;
const PATCH = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: A Person <person@example.org>
Subject: [PATCH bpf 1/1] bpf: show the mode with four digits

---
 kernel/bpf/inode.c | 2 +-

diff --git a/kernel/bpf/inode.c b/kernel/bpf/inode.c
--- a/kernel/bpf/inode.c
+++ b/kernel/bpf/inode.c
@@ -742,7 +742,7 @@ static int bpf_show_options(struct seq_file *m, struct dentry *root)
 		seq_printf(m, ",gid=%u",
 			   from_kgid_munged(&init_user_ns, inode->i_gid));
 	if (mode != S_IRWXUGO)
-		seq_printf(m, ",mode=%o", mode);
+		seq_printf(m, ",mode=%04o", mode);
${' '}
 	if (opts->delegate_cmds || opts->delegate_maps ||
 	    opts->delegate_progs || opts->delegate_attachs) {
`;

test(
  'a patch that changes what mount shows is a regression of the case that looks at it, and the source stays as it was',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kc-try-'));
    try {
      const patch = join(folder, 'fix.patch');
      await writeFile(patch, PATCH);
      const words = ['try', patch, '--kernel', '6.12.118', '--case', 'bpffs/mount-owner', '--case', 'bpffs/read-pins'];
      words.push('--out', join(folder, 'tried'));
      const { stdout, exitCode } = await kconform(words, { limitMs: LIMIT_MS });
      expect(stdout).toContain('fix.patch: bpf: show the mode with four digits: kernel/bpf/inode.c +1 -1\n');
      expect(stdout).toMatch(/^the patch changes results: 1 regression, 2 as before$/m);
      expect(stdout).toMatch(/^regression +bpffs\/mount-owner .*PASS → FAIL/m);
      expect(stdout).toContain("'uid=5,gid=7,mode=750' → 'uid=5,gid=7,mode=0750'");
      expect(exitCode).toBe(1);
      expect((await readTried(join(folder, 'tried'))).patches).toHaveLength(1);
      const { tree } = await obtainSource('6.12.118', {});
      expect(await readFile(join(tree, 'kernel/bpf/inode.c'), 'utf8')).toContain(',mode=%o"');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  LIMIT_MS,
);

test(
  'commits of a git tree are tried on the published source with a scenario; the tree stays as it was',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kc-try-'));
    try {
      const { tree: source } = await obtainSource('6.12.118', {});
      const tree = join(folder, 'linux');
      const file = join(tree, 'kernel/bpf/inode.c');
      const original = await readFile(join(source, 'kernel/bpf/inode.c'), 'utf8');
      await mkdir(dirname(file), { recursive: true });
      const git = (...words: string[]) =>
        execa('git', ['-C', tree, '-c', 'user.name=A Person', '-c', 'user.email=person@example.org', ...words]);
      await git('init', '--quiet');
      for (const text of [original, original.replace('",mode=%o", mode', '",mode=%04o", mode')]) {
        await writeFile(file, text);
        await git('add', '.');
        await git('commit', '--quiet', '--message', 'bpf: show the mode with four digits');
      }
      const scenario = join(folder, 'mode.sh');
      await writeFile(scenario, 'mount -t bpf -o mode=0750 bpffs /mnt\n! grep -q mode=0750 /proc/mounts\n');
      const range = ['--tree', tree, '--range', 'HEAD~1..HEAD', '--kernel', '6.12.118'];
      const { stdout, exitCode } = await kconform(['try', ...range, '--scenario', scenario], { limitMs: LIMIT_MS });
      expect(stdout).toContain('HEAD~1..HEAD: bpf: show the mode with four digits: kernel/bpf/inode.c +1 -1\n');
      expect(stdout).toContain('the patch makes it worse: reproduced with the patch only\n');
      expect(stdout).toMatch(/^with the patch +the scenario failed: exit code 1$/m);
      expect(exitCode).toBe(1);
      expect((await git('status', '--porcelain')).stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  LIMIT_MS,
);
