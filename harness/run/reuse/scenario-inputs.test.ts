import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadScenario } from '../../authors/scenarios.ts';
import { scenario } from '../../scenario/api/scenario.ts';
import { programScenario } from '../../scenario/programs/program-scenario.ts';
import { scenarioInputs } from './scenario-inputs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  await write('package.json', '{"type":"module"}');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

const inputsOf = async (name: string) => scenarioInputs(await loadScenario(join(folder, name)));
const typescript = (head: string, value = '1') =>
  `import { scenario } from 'kconform';\n${head}\nexport default scenario(async () => ({ value: ${value} }));\n`;

test('what a scenario.ts imports is a part of it, and no other file is', async () => {
  await write(
    'a/scenario.ts',
    typescript(
      "import { one } from '../one.ts';\nimport data from './data.json' with { type: 'json' };",
      'one + data.length',
    ),
  );
  await write('one.ts', "import { two } from './below/two.ts';\nexport const one = two;");
  await write('below/two.ts', 'export const two = 2;');
  await write('a/data.json', '[]');
  const before = await inputsOf('a/scenario.ts');
  expect(before).toMatchObject({ hash: expect.any(String) });
  await write('other.ts', 'export const other = 1;');
  await write('a/expect.ts', 'anything');
  expect(await inputsOf('a/scenario.ts')).toEqual(before);
  for (const [name, text] of [
    ['below/two.ts', 'export const two = 3;'],
    ['a/data.json', '[1]'],
  ] as const) {
    await write(name, text);
    expect(await inputsOf('a/scenario.ts')).not.toEqual(before);
  }
});

test('the same files in another folder are the same, unless the scenario asks where it is', async () => {
  for (const name of ['a', 'b']) {
    await write(`${name}/plain/scenario.ts`, typescript(''));
    await write(`${name}/place/scenario.ts`, typescript('', 'import.meta.url'));
  }
  expect(await inputsOf('a/plain/scenario.ts')).toEqual(await inputsOf('b/plain/scenario.ts'));
  expect(await inputsOf('a/place/scenario.ts')).not.toEqual(await inputsOf('b/place/scenario.ts'));
});

test.each([
  ["import { readFileSync } from 'node:fs';", 'readFileSync.name', 'it imports node:fs'],
  ["import { hostname } from 'os';", 'hostname()', 'it imports node:os'],
  ["const { execSync } = await import('node:child_process');", 'execSync.name', 'it imports node:child_process'],
  ['const name = "./x.ts"; const other = await import(name);', 'other.x', 'it imports a file whose name it computes'],
  ["import { x } from './x.js';", 'x', /^it imports \/.*\/a\/x\.js, which is no TypeScript$/],
])('%s: what it reads is not known', async (head, value, varies) => {
  await write('a/scenario.ts', typescript(head, value));
  await write('a/x.js', 'export const x = 1;');
  await write('a/x.ts', 'export const x = 1;');
  expect(await inputsOf('a/scenario.ts')).toEqual({
    varies: typeof varies === 'string' ? varies : expect.stringMatching(varies),
  });
});

test('another time zone is another scenario', async () => {
  await write('a/scenario.ts', typescript("import { setTimeout } from 'node:timers/promises';", 'setTimeout.length'));
  vi.stubEnv('TZ', 'Europe/Helsinki');
  const before = await inputsOf('a/scenario.ts');
  vi.stubEnv('TZ', 'Asia/Tokyo');
  expect(await inputsOf('a/scenario.ts')).not.toEqual(before);
});

test('a script is its text, and a program its file, its headers and its compiler', async () => {
  await write('s/scenario.sh', 'echo 1\n');
  const script = await inputsOf('s/scenario.sh');
  await write('s/scenario.sh', 'echo 2\n');
  expect(await inputsOf('s/scenario.sh')).not.toEqual(script);
  await write('c/scenario.c', '#include "a b.h"\nint main(void) { return A; }\n');
  await write('c/a b.h', '#define A 0\n');
  const program = await inputsOf('c/scenario.c');
  expect(await inputsOf('c/scenario.c')).toEqual(program);
  await write('c/a b.h', '#define A 1\n');
  expect(await inputsOf('c/scenario.c')).not.toEqual(program);
});

test('a program of somebody else is all that is put into the guest, and how it is run', async () => {
  await write('p/run', '#!/bin/sh\necho 1\n');
  await write('p/helper', '1');
  const hash = async (args: string[]) => {
    const program = { command: 'run', files: ['helper:helper'], args };
    return scenarioInputs(await programScenario(program, { folder: join(folder, 'p') }));
  };
  const before = await hash([]);
  expect(before).toMatchObject({ hash: expect.any(String) });
  expect(await hash([])).toEqual(before);
  expect(await hash(['-v'])).not.toEqual(before);
  await write('p/helper', '2');
  expect(await hash([])).not.toEqual(before);
});

test('what is left to chance, or unknown, is said', async () => {
  await write('c/scenario.c', '// autogenerated by syzkaller\nint main(void) { for (;;) ; }\n');
  expect(await inputsOf('c/scenario.c')).toEqual({ varies: 'it is a reproducer of syzkaller' });
  await write('c/scenario.c', 'int main(void) { return __TIME__[0]; }\n');
  expect(await inputsOf('c/scenario.c')).toEqual({ varies: 'it has the time of its compilation in it' });
  await write('c/scenario.c', 'int main(void) { return\n#include "missing.h"\n');
  expect(await inputsOf('c/scenario.c')).toEqual({ varies: 'it does not compile' });
  expect(await scenarioInputs(scenario(async () => ({ value: 1 })))).toEqual({
    varies: 'kconform does not know what it consists of',
  });
});
