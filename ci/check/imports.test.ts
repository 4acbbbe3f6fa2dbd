import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { importFaults } from './imports.ts';

/** The faults of one file, without those of the list. */
function faultsOf(file: string, text: string): string[] {
  return importFaults(new Map([[file, text]])).filter((line) => line.startsWith(file));
}

test.each([
  ['harness/expect/a.ts', "import { run } from '../run/run.ts';", 'harness/expect may not import harness/run/run.ts'],
  [
    'harness/guest/qemu/a.ts',
    "import type { A } from '../../oracles/a.ts';",
    'harness/guest may not import harness/oracles/a.ts',
  ],
  [
    'harness/guest/a.ts',
    "const a = await import('../cli/main.ts');",
    'harness/guest may not import harness/cli/main.ts',
  ],
  ['harness/run/a.ts', "export * from '../prove/a.ts';", 'harness/run may not import harness/prove/a.ts'],
  [
    'harness/guest/a.ts',
    "import { b } from '../../images/guest/b.ts';",
    'harness/guest may not import images/guest/b.ts',
  ],
  ['harness/run/a.ts', "import { scenario } from 'kconform';", 'harness/run may not import kconform'],
  [
    'cases/a/scenario.ts',
    "import { O } from '../../harness/scenario/api/constants.ts';",
    'cases may not import harness/scenario/api/constants.ts',
  ],
  ['cases/a/scenario.ts', "import * as z from 'zod';", 'cases may not import package zod'],
  [
    'images/kernels/a.ts',
    "import { run } from '../../harness/run/run.ts';",
    'images may not import harness/run/run.ts',
  ],
  ['images/kernels/a.ts', "import { a } from '../../ci/a.ts';", 'images may not import ci/a.ts'],
  ['ci/a.ts', "import { Qmp } from '../harness/guest/qemu/qmp.ts';", 'ci may not import harness/guest/qemu/qmp.ts'],
])('%s: %s is refused', (file, text, fault) => {
  expect(faultsOf(file, text)).toEqual([`${file}: ${fault}`]);
});

test.each([
  ['harness/run/a.ts', "import { a } from '../expect/a.ts'; import * as z from 'zod'; import './results/b.ts';"],
  ['cases/a/scenario.ts', "import { scenario } from 'kconform'; import { join } from 'node:path'; import '../b.ts';"],
  ['ci/a.ts', "import { run } from '../harness/run/run.ts'; import { execa } from 'execa';"],
  ['harness/expect/a.ts', "// import { run } from '../run/run.ts';\nconst a = \"import '../run/run.ts'\";"],
])('%s: %s is allowed', (file, text) => {
  expect(faultsOf(file, text)).toEqual([]);
});

test('a folder that the list does not name is refused', () => {
  expect(faultsOf('harness/new/a.ts', 'export const a = 1;')).toEqual([
    'harness/new/a.ts: ci/check/allowed-imports.ts does not say what harness/new may import',
  ]);
});

test('an allowed import that no file needs is refused', () => {
  const allowed = { 'harness/a': ['harness/b', 'harness/c'], 'harness/b': [] };
  const files = new Map([['harness/a/a.ts', "import { b } from '../b/b.ts';"]]);
  expect(importFaults(files, allowed)).toEqual([
    'ci/check/allowed-imports.ts: harness/a may import harness/c, but does not: remove the entry',
  ]);
});

test('the command prints each fault and fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-imports-'));
  try {
    const file = join(folder, 'harness/expect/a.ts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "import { run } from '../run/run.ts';");
    const script = fileURLToPath(new URL('imports.ts', import.meta.url));
    const { exitCode, stderr } = await execa(process.execPath, ['--import', 'tsx', script, folder], { reject: false });
    expect(stderr).toContain('harness/expect/a.ts: harness/expect may not import harness/run/run.ts\n');
    expect(exitCode).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
