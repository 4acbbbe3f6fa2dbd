import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
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
  await expect(right.compile?.()).resolves.toEqual(expect.any(String));
});

describe('kernel headers', () => {
  const NEWEST = 'linux-libc-dev 99.1-1 (sid)';
  beforeEach(async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
    await write('bin/apt-get', '#!/bin/sh\necho no network >&2\nexit 100\n');
    await chmod(join(folder, 'bin/apt-get'), 0o755);
    vi.resetModules();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(join(folder, 'cache'), { recursive: true });
  });

  /** As an earlier run downloaded them. */
  async function cached(header: string): Promise<void> {
    await write('cache/kconform/headers/newest.json', '{"version":"99.1-1","suite":"sid","lists":0}');
    await write('cache/kconform/headers/failed', 'no network');
    await write('cache/kconform/headers/linux-libc-dev_99.1-1/usr/include/linux/version.h', header);
  }

  async function compile(text: string): Promise<string | undefined> {
    const { cScenario } = await import('./c.ts');
    return (await cScenario(await write('program.c', text))).compile?.();
  }

  test('are the newest published ones, before those of the host', async () => {
    await cached('#define OF_TOMORROW 7\n');
    expect(await compile('#include <linux/version.h>\nint main(void) { return OF_TOMORROW; }\n')).toBe(NEWEST);
    await expect(compile('#include <linux/version.h>\nint main(void) { return LATER; }\n')).rejects.toMatchObject({
      code: 'KC_C_NOT_COMPILED',
      hint: `compiled with ${NEWEST}`,
    });
  });

  test('are the host’s for a program that compiles with those alone', async () => {
    await cached('#error these are not for you\n');
    const program = '#include <linux/version.h>\nint main(void) { return !LINUX_VERSION_CODE; }\n';
    expect(await compile(program)).toBe("the host's kernel headers");
  });

  test('are the host’s where none can be downloaded, and an error says why', async () => {
    expect(await compile('#include <linux/version.h>\nint main(void) { return 0; }\n')).toBe(
      "the host's kernel headers",
    );
    await expect(compile('int main(void) { return LATER; }\n')).rejects.toMatchObject({
      hint: expect.stringMatching(
        /^compiled with the host's kernel headers; no newer kernel headers: cannot get the list/,
      ),
    });
  });
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
