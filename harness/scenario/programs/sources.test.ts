import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { scenarioFolder } from '../forms/forms.test-support.ts';
import { checkRequest } from './obtain.ts';
import { ownCache } from './programs.test-support.ts';
import { compileSources, headersOf, nameOfSources } from './sources.ts';

const folder = scenarioFolder();
ownCache(folder);

async function outputOf(program: Buffer): Promise<string> {
  const path = join(folder.path, `program-${Math.random()}`);
  await writeFile(path, program, { mode: 0o755 });
  return (await execa(path)).stdout;
}

const kept = () => readdir(join(folder.path, 'cache/kconform/programs'));

test('several sources and a header: compiled once, and again when the header is another', async () => {
  await folder.write(
    'two/main.c',
    '#include <stdio.h>\n#include "part.h"\nint main(void) { printf("%d %d\\n", PART, part()); }\n',
  );
  await folder.write('two/part.c', 'int part(void) { return 7; }\n');
  await folder.write('two/part.h', 'int part(void);\n#define PART 1\n');
  const request = { sources: ['main.c', 'part.c'] };
  const two = join(folder.path, 'two');
  expect(await outputOf((await compileSources(request, two)).made)).toBe('1 7');
  const before = await kept();
  expect(before).toHaveLength(1);
  expect(await outputOf((await compileSources(request, two)).made)).toBe('1 7');
  expect(await kept()).toEqual(before);
  await folder.write('two/part.h', 'int part(void);\n#define PART 2\n');
  expect(await outputOf((await compileSources(request, two)).made)).toBe('2 7');
  expect(await kept()).toHaveLength(2);
  expect(await headersOf(request, two)).toEqual([join(two, 'part.h')]);
  // A damaged program of the cache is compiled again.
  const [first = ''] = before;
  await writeFile(join(folder.path, 'cache/kconform/programs', first), 'damaged');
  await folder.write('two/part.h', 'int part(void);\n#define PART 1\n');
  expect(await outputOf((await compileSources(request, two)).made)).toBe('1 7');
});

test('-O2 unless the flags say otherwise, and no _GNU_SOURCE unless they ask for it', async () => {
  await folder.write(
    'flags.c',
    `#include <stdio.h>
int main(void)
{
#ifdef __OPTIMIZE__
  printf("optimised ");
#endif
#ifdef _GNU_SOURCE
  printf("gnu");
#else
  printf("standard");
#endif
}
`,
  );
  const made = async (flags?: string[]) =>
    outputOf((await compileSources({ sources: ['flags.c'], ...(flags && { flags }) }, folder.path)).made);
  expect(await made()).toBe('optimised standard');
  expect(await made(['-O0', '-D_GNU_SOURCE'])).toBe('gnu');
});

test('folders with headers, and libraries', async () => {
  await folder.write('inc/deep.h', '#define DEEP 4.0\n');
  await folder.write(
    'lib.c',
    '#include <math.h>\n#include <stdio.h>\n#include <deep.h>\nint main(int n, char **v) { printf("%g\\n", sqrt(DEEP + n - 1)); }\n',
  );
  const request = { sources: ['lib.c'], include: ['inc'], libraries: ['m'] };
  expect(await outputOf((await compileSources(request, folder.path)).made)).toBe('2');
});

const value = (number: number) => `int value(void) { return ${number}; }\n`;

async function archive(path: string, number: number): Promise<void> {
  await folder.write('value.c', value(number));
  const [object, library] = [join(folder.path, 'value.o'), join(folder.path, path)];
  await mkdir(dirname(library), { recursive: true });
  await execa('cc', ['-c', '-o', object, join(folder.path, 'value.c')]);
  await rm(library, { force: true });
  await execa('ar', ['rcs', library, object]);
  await copyFile(object, join(dirname(library), 'value.o'));
}

test.each([
  ['-L', { flags: ['-Llibs'], libraries: ['value'] }],
  ['a name of a file', { flags: ['-Llibs'], libraries: [':libvalue.a'] }],
  ['-Wl', { flags: ['-Wl,libs/value.o'] }],
  ['a path', { flags: ['libs/value.o'] }],
  ['-B', { flags: ['-Blibs'], libraries: ['value'] }],
  ['a source', { sources: ['main.c', 'libs/libvalue.a'] }],
])('a library of %s: the program is linked again when it changes', async (_, request) => {
  await folder.write('main.c', '#include <stdio.h>\nint value(void);\nint main(void) { printf("%d\\n", value()); }\n');
  const made = async () => outputOf((await compileSources({ sources: ['main.c'], ...request }, folder.path)).made);
  await archive('libs/libvalue.a', 1);
  expect(await made()).toBe('1');
  await archive('libs/libvalue.a', 2);
  expect(await made()).toBe('2');
});

test('a file that the assembler reads: the program is compiled again when it changes', async () => {
  await folder.write(
    'incbin.c',
    '#include <stdio.h>\n__asm__(".data\\n.globl text\\ntext: .incbin \\"text\\"\\n.byte 0\\n.text\\n");\nextern char text[];\nint main(void) { puts(text); }\n',
  );
  const made = async () => outputOf((await compileSources({ sources: ['incbin.c'] }, folder.path)).made);
  await folder.write('text', 'one');
  expect(await made()).toBe('one');
  await folder.write('text', 'two');
  expect(await made()).toBe('two');
});

test.each([['-D_GNU_SOURCE', '-O0', '-std=gnu11', '-static', '-pthread', '-Wall', '-fno-pie', '-m64', '-g']])(
  'with %s and other usual options a program is kept',
  async (...flags) => {
    await folder.write('usual.c', 'int main(void) { return 0; }\n');
    const before = await kept();
    await compileSources({ sources: ['usual.c'], flags }, folder.path);
    expect(await kept()).toHaveLength(before.length + 1);
  },
);

test.each([
  ['error', 'int main(void) { return nowhere; }\n', [], /broken\.c does not compile: .*nowhere/, /_GNU_SOURCE/],
  ['header', '#include <nowhere.h>\n', [], /fatal error: nowhere\.h/, /folder with nowhere\.h to include/],
  [
    'function',
    'int far(void); int main(void) { return far(); }\n',
    [],
    /undefined reference to .far/,
    /missing source/,
  ],
  ['library', 'int main(void) { return 0; }\n', ['nowhere'], /cannot find -lnowhere/, /package with libnowhere/],
])('a missing %s: in the compiler’s words, with advice', async (_, text, libraries, message, hint) => {
  await folder.write('broken.c', text);
  await expect(compileSources({ sources: ['broken.c'], libraries }, folder.path)).rejects.toMatchObject({
    code: 'KC_C_NOT_COMPILED',
    blame: 'case',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test.each([
  [{}, /neither command nor sources nor make/],
  [{ sources: [] }, /list of sources is empty/],
  [{ sources: ['a.c'], command: 'a' }, /both sources and command/],
  [{ sources: ['a.c'], make: { target: 'a' } }, /both sources and make/],
  [{ command: 'a', flags: ['-O2'] }, /has flags, which are for sources/],
  [{ command: 'a', env: { 'A.B': 'c' } }, /A\.B is not a name/],
])('%j describes no program', (request, message) => {
  expect(() => checkRequest(request)).toThrow(message);
});

test('a source that is none, or that is not there', async () => {
  await expect(compileSources({ sources: ['a.txt'] }, folder.path)).rejects.toThrow(/a\.txt is not a source/);
  await expect(compileSources({ sources: ['gone.c'] }, folder.path)).rejects.toThrow(/there is no source .*gone\.c/);
});

test('a program has the name of its first source', () => {
  expect(nameOfSources(['exec/execveat.c', 'b.c'])).toBe('execveat');
});
