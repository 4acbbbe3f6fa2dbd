import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadScenario } from '../../authors/scenarios.ts';
import { localHeaders } from './c.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

test.each([
  ['CR LF', 'echo one\necho two\r\n', 'line 2', "sed -i 's/\\r$//'"],
  ['a byte order mark', '\ufefftrue\n', 'byte order mark', 'sed -i'],
  ['UTF-16', Buffer.from('\ufefftrue\n', 'utf16le'), 'UTF-16', 'iconv'],
])('a script with %s is refused when it is loaded, with the way to correct it', async (_, text, words, hint) => {
  const loading = loadScenario(await write('text.sh', text));
  await expect(loading).rejects.toMatchObject({
    code: 'KC_SCRIPT_BROKEN',
    blame: 'case',
    message: expect.stringContaining(words),
    hint: expect.stringContaining(hint),
  });
});

test('a carriage return inside a line is text of the script', async () => {
  await expect(loadScenario(await write('inner.sh', "printf 'a\rb'\n"))).resolves.toBeDefined();
});

test('a scenario in C is compiled before any guest is there, once', async () => {
  const scenario = await loadScenario(await write('typo.c', 'int main(void) { return x; }\n'));
  await expect(scenario.compile?.()).rejects.toMatchObject({ code: 'KC_C_NOT_COMPILED', blame: 'case' });
  const right = await loadScenario(await write('right.c', 'int main(void) { return 0; }\n'));
  await expect(right.compile?.()).resolves.toBeUndefined();
});

test('local headers are found through one another, and those of the system and of kconform are not among them', async () => {
  await write('with/x.h', '#include <stdio.h>\n#include "sub/y.h"\n');
  await write('with/sub/y.h', '#include "z.h"\n');
  await write('with/sub/z.h', '#define Z 1\n');
  await write('with/unused.h', '');
  const main = 'int main(void) { return Z - 1; }\n';
  const file = await write(
    'with/report.c',
    `#include "kconform.h"\n#include "x.h"\n#if 0\n#include "unused.h"\n#endif\n${main}`,
  );
  expect(await localHeaders(file)).toEqual(['sub/y.h', 'sub/z.h', 'x.h']);

  const outside = await write('with/below/report.c', `#include "../sub/z.h"\n${main}`);
  await expect(localHeaders(outside)).rejects.toMatchObject({
    code: 'KC_C_HEADER_OUTSIDE',
    message: expect.stringContaining('../sub/z.h'),
  });
});
