import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-circles-'));
  await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'));
});
afterEach(() => rm(folder, { recursive: true }));

async function lint(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const options = { cwd: folder, reject: false, all: true } as const;
  return execa(join(root, 'node_modules/.bin/biome'), ['lint', '.'], options);
}

test.each([
  ['of values', "import { b } from './b.ts';\nexport const a = () => b;\n", 'import { c }'],
  [
    'of types alone',
    "import type { b } from './b.ts';\nexport const a = (): typeof b | null => null;\n",
    'import type { c }',
  ],
])('npm run check refuses a circle of imports %s', async (_, a, importC) => {
  const b = `${importC} from './c.ts';\nexport const b = (): typeof c | null => null;\n`;
  const c = "import type { a } from './a.ts';\nexport const c = (): typeof a | null => null;\n";
  const { exitCode, all } = await lint({ 'a.ts': a, 'b.ts': b, 'c.ts': c });
  expect(all).toContain('a.ts:1:');
  expect(all).toContain('lint/suspicious/noImportCycles');
  expect(all).toContain('This import is part of a cycle');
  expect(exitCode).toBe(1);
});

test('imports that point one way pass', async () => {
  const a = "import { b } from './b.ts';\nexport const a = () => b;\n";
  const { exitCode } = await lint({ 'a.ts': a, 'b.ts': 'export const b = 1;\n' });
  expect(exitCode).toBe(0);
});
