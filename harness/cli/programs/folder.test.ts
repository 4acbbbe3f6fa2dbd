import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioFolder } from '../../scenario/forms/forms.test-support.ts';
import { programInFolder } from './folder.ts';
import { argumentsOf, requestOf } from './options.ts';

const folder = scenarioFolder();

async function made(name: string, files: Readonly<Record<string, string>>, executable: readonly string[] = []) {
  const place = join(folder.path, name);
  await mkdir(place);
  for (const [file, text] of Object.entries(files)) await folder.write(`${name}/${file}`, text);
  for (const file of executable) await chmod(join(place, file), 0o755);
  return place;
}

test.each([
  [
    'a Makefile',
    { Makefile: 'V = 1\n.PHONY: all\nall: tool\n', 'a.c': 'int main() {}' },
    [],
    { make: { target: 'all' } },
  ],
  ['a default goal', { makefile: '.DEFAULT_GOAL := tool\nall:\n' }, [], { make: { target: 'tool' } }],
  ['sources', { 'a.c': 'int a;', 'b.c': 'int main(void)\n{\n}\n', 'c.h': '' }, [], { sources: ['b.c', 'a.c'] }],
  ['a harness', { 'a.c': 'TEST_HARNESS_MAIN\n' }, [], { sources: ['a.c'] }],
  ['a program', { run: '#!/bin/sh', data: '' }, ['run'], { command: 'run', files: ['.:.'] }],
])('%s makes a program of a folder', async (name, files, executable, request) => {
  expect((await programInFolder(await made(name, files, executable), {})).request).toEqual(request);
});

test.each([
  ['nothing', {}, [], /nothing is empty/],
  ['no program', { readme: '' }, [], /has no Makefile, no source in C and no file that can be executed/],
  [
    'two mains',
    { 'a.c': 'int main(void) {}', 'b.c': 'int\nmain (void) {}' },
    [],
    /2 sources with a main function: a\.c, b\.c/,
  ],
  ['two programs', { a: '', b: '' }, ['a', 'b'], /2 files that can be executed: a, b/],
  ['a case', { 'expect.ts': '', 'scenario.c': '' }, [], /is a case/],
  ['no target', { Makefile: 'A = 1\n' }, [], /names no target in its text/],
])('%s: refused', async (name, files, executable, message) => {
  const place = await made(`bad ${name}`, files, executable);
  await expect(programInFolder(place, {})).rejects.toMatchObject({
    code: 'KC_PROGRAM',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/./),
  });
});

test('what the options say comes first', async () => {
  const place = await made('given', { Makefile: 'all:\n', 'a.c': '', b: '' });
  const found = async (request: object) => (await programInFolder(place, request)).request;
  expect(await found({ make: { target: 'b' } })).toEqual({ make: { target: 'b' } });
  expect(await found({ sources: ['a.c'], args: ['x'] })).toEqual({ sources: ['a.c'], args: ['x'] });
  expect(await found({ command: 'b' })).toEqual({ command: 'b', files: ['.:.'] });
});

test('options are the fields of a program, with paths from its folder', () => {
  const place = join(process.cwd(), 'place');
  const options = { sources: ['place/b.c'], include: ['.'], make: 'all', makeFolder: 'sub', beside: ['x/data', 'y:z'] };
  expect(requestOf({ ...options, flags: ['-O0'], env: { A: 'b' } }, place, ['one'])).toEqual({
    sources: ['b.c'],
    include: ['..'],
    flags: ['-O0'],
    make: { folder: 'sub', target: 'all' },
    args: ['one'],
    env: { A: 'b' },
    files: ['../x/data:data', '../y:z'],
  });
});

test('arguments of the program stand behind --', () => {
  expect(argumentsOf(['a', '--b'], ['node', 'kconform', 'repro', 'x', '--', 'a', '--b'])).toEqual(['a', '--b']);
  expect(() => argumentsOf(['y'], ['node', 'kconform', 'repro', 'x', 'y'])).toThrow('"y" is one file too many');
});
