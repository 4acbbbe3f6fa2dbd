import { readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { contentOf } from '../../cache/folder-content.ts';
import { scenarioFolder } from '../forms/forms.test-support.ts';
import { runMake } from './makefile.ts';
import { obtainProgram } from './obtain.ts';
import { ownCache } from './programs.test-support.ts';

const folder = scenarioFolder();
ownCache(folder);

const MAIN = 'int main(void) { return 0; }\n';

async function project(name: string, makefile: string): Promise<string> {
  await folder.write(`${name}/Makefile`, makefile);
  await folder.write(`${name}/sub/main.c`, MAIN);
  return join(folder.path, name);
}

test('a target is made in a copy: the folder itself stays as it is, and the second time nothing is made', async () => {
  const place = await project('one', 'sub/tool: sub/main.c\n\t$(CC) -o $@ $<\n\techo made >> sub/count\n');
  const before = await contentOf(place);
  const { made } = await runMake({ target: 'sub/tool' }, place);
  expect(made.programs).toEqual(['sub/tool']);
  expect(await readdir(join(made.folder, 'sub'))).toEqual(['count', 'tool']);
  expect(await contentOf(place)).toBe(before);
  expect((await runMake({ target: 'sub/tool' }, place)).made).toEqual(made);
  // What was removed from the cache's copy is made again.
  await rm(join(made.folder, 'sub/tool'));
  expect((await runMake({ target: 'sub/tool' }, place)).made.programs).toEqual(['sub/tool']);
  expect((await obtainProgram({ make: { target: 'sub/tool' } }, place)).files.path).toBe('/opt/program/tool');
});

test('a source that is a link: the target is made again when the file that it leads to changes', async () => {
  const place = await project('linked', 'tool: sub/main.c text.txt\n\tcat text.txt > tool && chmod +x tool\n');
  await folder.write('outside.txt', '#!/bin/sh\necho 1\n');
  await symlink('../outside.txt', join(place, 'text.txt'));
  const made = async () => readFile(join((await runMake({ target: 'tool' }, place)).made.folder, 'tool'), 'utf8');
  expect(await made()).toContain('echo 1');
  await folder.write('outside.txt', '#!/bin/sh\necho 2\n');
  expect(await made()).toContain('echo 2');
});

test('variables of the caller have no part in what is made; another PATH makes it again', async () => {
  const place = await project(
    'variables',
    'tool:\n\techo "#!$(CC) $(CFLAGS) $(LDFLAGS) $$PATH" > tool && chmod +x tool\n',
  );
  const made = async () => readFile(join((await runMake({ target: 'tool' }, place)).made.folder, 'tool'), 'utf8');
  const before = process.env.PATH ?? '';
  try {
    vi.stubEnv('CC', 'other-cc').stubEnv('CFLAGS', '-DOTHER').stubEnv('LDFLAGS', '-static');
    expect(await made()).toBe(`#!cc   ${before}\n`);
    vi.stubEnv('PATH', `${before}:/nowhere`);
    expect(await made()).toBe(`#!cc   ${before}:/nowhere\n`);
  } finally {
    vi.stubEnv('PATH', before).stubEnv('CC', undefined).stubEnv('CFLAGS', undefined).stubEnv('LDFLAGS', undefined);
  }
});

test('what was made beside the program goes with it, links as links', async () => {
  const place = await project(
    'beside',
    'all: tool\n\tln -s tool link && mkdir -p empty && touch other.o\ntool: sub/main.c\n\t$(CC) -o $@ $<\n',
  );
  const { archive } = (await obtainProgram({ make: { target: 'all' } }, place)).files;
  const { stdout } = await execa('busybox', ['cpio', '-tv'], { input: archive });
  const lines = stdout.split('\n').filter((line) => line.includes('program/'));
  expect(lines.map((line) => line.replace(/^(\S+) .* opt/, '$1 opt'))).toEqual([
    'drwxr-xr-x opt/program/empty',
    'lrwxrwxrwx opt/program/link -> tool',
    '-rwxr-xr-x opt/program/tool',
  ]);
});

test('a target that makes several programs needs the name of one', async () => {
  const place = await project('many', 'all: a b\na b: sub/main.c\n\t$(CC) -o $@ $<\n');
  await expect(obtainProgram({ make: { target: 'all' } }, place)).rejects.toMatchObject({
    code: 'KC_PROGRAM',
    message: 'make all made 2 programs: a, b',
  });
  const { files } = await obtainProgram({ make: { target: 'all' }, command: 'b' }, place);
  expect(files.path).toBe('/opt/program/b');
});

test.each([
  ['no such target', 'all:\n\ttrue\n', { target: 'gone' }, 'KC_PROGRAM', /has no target gone/],
  ['no program', 'all:\n\ttrue\n', { target: 'all' }, 'KC_PROGRAM', /make all made no program/],
  [
    'an error',
    'all:\n\t$(CC) -o all sub/main.c -DMAIN= -include gone.h\n',
    { target: 'all' },
    'KC_C_NOT_COMPILED',
    /gone\.h/,
  ],
  ['no Makefile', 'all:\n', { target: 'all', folder: 'sub' }, 'KC_PROGRAM', /there is no Makefile in .*sub/],
  ['a folder outside', 'all:\n', { target: 'all', folder: '..' }, 'KC_PROGRAM', /is not in/],
])('%s', async (name, makefile, make, code, message) => {
  const place = await project(name.replaceAll(' ', '-'), makefile);
  await expect(obtainProgram({ make }, place)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a Makefile that includes what is above the folder: the hint says how to name both', async () => {
  const place = await project('above', 'include ../lib.mk\nall:\n\ttrue\n');
  await expect(obtainProgram({ make: { target: 'all' } }, place)).rejects.toMatchObject({
    code: 'KC_C_NOT_COMPILED',
    hint: expect.stringMatching(/^the Makefile needs \.\.\/lib\.mk: .*--make-folder/),
  });
});
