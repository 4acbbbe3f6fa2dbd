import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Kernel } from '../../kernels/kernel.ts';
import { attachCommand, debugImage, openCommands } from './symbols.ts';

const kernel: Kernel = { id: 'k', spec: '6.12', version: '6.12.118', package: null, vmlinux: '/v', sha256: '' };

test('the command has the image with symbols, and words that a shell would split are quoted', () => {
  const image = debugImage({ ...kernel, symbols: "/cache/it's/vmlinux" });
  expect(attachCommand('/run/0/gdb', image)).toBe(`gdb '/cache/it'\\''s/vmlinux' -ex 'target remote /run/0/gdb'`);
  expect(attachCommand('/run/0/gdb', debugImage(kernel))).toBe("gdb -ex 'target remote /run/0/gdb'");
  expect(debugImage({ ...kernel, symbols: { missing: 'not published' } }).missing).toBe('not published');
});

test('a dump is opened with debug information alone, and by drgn where the dump describes the memory of the kernel', () => {
  const image = debugImage({ ...kernel, symbols: '/cache/vmlinux' });
  expect(openCommands('my core', image, true)).toEqual([
    "crash /cache/vmlinux 'my core'",
    "drgn -c 'my core' -s /cache/vmlinux",
  ]);
  expect(openCommands('core', image, false)).toEqual(['crash /cache/vmlinux core']);
  expect(openCommands('core', debugImage(kernel), true)).toEqual([]);
});

test("a build tree has the image and the kernel's gdb scripts", async () => {
  const tree = await mkdtemp(join(tmpdir(), 'kconform-tree-'));
  onTestFinished(() => rm(tree, { recursive: true }));
  await writeFile(join(tree, 'vmlinux'), '');
  await writeFile(join(tree, 'vmlinux-gdb.py'), '');
  expect(attachCommand('/s', debugImage({ ...kernel, spec: tree }))).toBe(
    `gdb ${tree}/vmlinux -ex 'target remote /s' -ex 'source ${tree}/vmlinux-gdb.py'`,
  );
});
