import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { librariesIn, librariesOf } from './libraries.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-libraries-'));
  await writeFile(join(folder, 'part.c'), 'int part(void) { return 7; }\n');
  await writeFile(
    join(folder, 'main.c'),
    '#include <math.h>\nint part(void);\nint main(int n, char **v) { return part() + (int)cos(n); }\n',
  );
  const library = ['-shared', '-fPIC', '-o', 'libpart.so', 'part.c'];
  await execa('cc', library, { cwd: folder });
  await execa('cc', ['-o', 'main', 'main.c', '-L.', '-lpart', '-lm', '-Wl,-rpath,$ORIGIN'], { cwd: folder });
  await execa('cc', ['-static-pie', '-o', 'alone', 'part.c', '-x', 'c', '-'], {
    cwd: folder,
    input: 'int main(void) { return 0; }',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a program has its libraries, those beside it too, and its loader at the same places', async () => {
  const files = await librariesOf(join(folder, 'main'));
  expect(files.map(({ to }) => basename(to)).sort()).toEqual([
    'ld-linux-x86-64.so.2',
    'libc.so.6',
    'libm.so.6',
    'libpart.so',
  ]);
  expect(files.find(({ to }) => to.endsWith('libpart.so'))).toMatchObject({
    from: join(folder, 'libpart.so'),
    to: expect.stringMatching(/^\/(usr\/)?lib.*\/libpart\.so$/),
  });
});

test('a static program, a script and an empty file need none', async () => {
  await writeFile(join(folder, 'script'), '#!/bin/sh\n');
  await writeFile(join(folder, 'empty'), '');
  for (const name of ['alone', 'script', 'empty']) expect(await librariesOf(join(folder, name))).toEqual([]);
});

test('programs of a folder have theirs, and one without its library does not matter', async () => {
  const within = join(folder, 'suite/tests');
  await mkdir(within, { recursive: true });
  await execa('cc', ['-o', join(within, 'cosine'), '-x', 'c', '-', '-lm'], {
    input: '#include <math.h>\nint main(int n, char **v) { return (int)cos(n); }\n',
  });
  await execa('cc', ['-o', join(within, 'lost'), join(folder, 'main.c'), '-L', folder, '-lpart', '-lm'], {});
  await writeFile(join(within, 'script'), '#!/bin/sh\n', { mode: 0o755 });
  const files = await librariesIn(join(folder, 'suite'));
  expect(files.map(({ to }) => basename(to)).sort()).toEqual(['ld-linux-x86-64.so.2', 'libc.so.6', 'libm.so.6']);
});

test('a library that is not there is named', async () => {
  await rm(join(folder, 'libpart.so'));
  await expect(librariesOf(join(folder, 'main'))).rejects.toMatchObject({
    code: 'KC_MACHINE_FILE',
    message: `${join(folder, 'main')} needs libpart.so, which is not on this host`,
  });
});
