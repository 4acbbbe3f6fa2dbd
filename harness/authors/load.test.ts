import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyOf, matching } from '../expect/matchers/matchers.ts';
import { AuthorLoader } from './load.ts';

/** Long enough for a process to start on a busy machine. */
const LIMIT_MS = 3_000;
const DATA = 'export default { answer: 42 };';
let folder: string;
let loader: AuthorLoader;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-load-'));
});
beforeEach(async () => {
  loader = await AuthorLoader.create(LIMIT_MS);
});
afterEach(() => loader[Symbol.asyncDispose]());
afterAll(() => rm(folder, { recursive: true }));

async function load(name: string, text: string): Promise<unknown> {
  await writeFile(join(folder, `${name}.ts`), text);
  return loader.load(join(folder, `${name}.ts`));
}

describe('a file that breaks its process is to blame, and the files before and after it are not', () => {
  test.each([
    [
      'exit',
      'process.exit(0);',
      'KC_AUTHOR_EXIT',
      /^process\.exit\(0\) was called \(kconform-load-\w+\/exit\.ts:2:9\)$/,
    ],
    ['really-exit', 'Object(process).reallyExit(0);', 'KC_AUTHOR_EXIT', /reallyExit\(0\) was called/],
    ['abort', 'process.abort();', 'KC_AUTHOR_EXIT', /process\.abort\(\) was called/],
    ['kill', 'process.kill(process.pid);', 'KC_AUTHOR_EXIT', /process\.kill\(process\.pid\) was called/],
    ['kill-group', 'process.kill(0, 9);', 'KC_AUTHOR_EXIT', /process\.kill\(0\) was called/],
    ['exit-caught', 'try { process.exit(0) } catch {}; await new Promise(() => {});', 'KC_AUTHOR_EXIT', /was called/],
    ['throws', "throw new Error('no');", 'KC_SCENARIO_THREW', /^no \(kconform-load-\w+\/throws\.ts:2:7\)$/],
    ['throws-null', 'throw null;', 'KC_SCENARIO_THREW', /^thrown: null, which is not an Error$/],
    ['rejects', "void Promise.reject(new Error('lost'));", 'KC_SCENARIO_THREW', /^lost \(/],
    ['waits', 'await new Promise(() => {});', 'KC_CASE_BROKEN', /its top-level await never completes/],
    [
      'waits-with-timer',
      'setInterval(() => {}, 9); await new Promise(() => {});',
      'KC_AUTHOR_TIMEOUT',
      /no end of .* 3 s/,
    ],
    ['loops', 'for (;;);', 'KC_AUTHOR_TIMEOUT', /no end of the loading of .*loops\.ts within 3 s/],
    ['fills', 'const all = []; for (;;) all.push(new Array(1e7).fill(0));', 'KC_AUTHOR_EXIT', /process .* ended \(SIG/],
    ['buffers', 'Buffer.alloc(2e9);', 'KC_SCENARIO_THREW', /allocation failed/],
  ])('%s', async (name, text, code, message) => {
    expect(await load('before', DATA)).toEqual({ answer: 42 });
    const loading = load(name, `const { log } = console; log;\n${text}\n${DATA}`);
    const after = load('after', DATA);
    await expect(loading).rejects.toMatchObject({ code, blame: 'case', message: expect.stringMatching(message) });
    expect(await after).toEqual({ answer: 42 });
  });
});

test.each([
  ['a global', 'Object(globalThis).shared = 1;', 'Object(globalThis).shared ?? null'],
  ['a prototype', 'Array.prototype.every = () => false;', '[1].every(() => true)'],
  ['the environment', "process.env.KCONFORM_SHARED = 'x';", 'process.env.KCONFORM_SHARED ?? null'],
  ['the working directory', "process.chdir('/tmp');", 'process.cwd()'],
  ['a listener', "process.on('exit', () => {});", "process.listenerCount('exit')"],
])('the next file finds nothing changed: %s', async (_, change, look) => {
  const before = await load('look', `export default ${look};`);
  await load('change', `${change}\n${DATA}`);
  expect(await load('look-again', `export default ${look};`)).toEqual(before);
});

test('a timer that ends the process later is not blamed on the file that is loaded then', async () => {
  await load('timer', `setTimeout(() => process.exit(0), 100).unref();\n${DATA}`);
  await expect(load('slow', `await new Promise((done) => setTimeout(done, 500));\n${DATA}`)).resolves.toEqual({
    answer: 42,
  });
});

test('what is no data is refused', async () => {
  const error = { code: 'KC_CASE_BROKEN', blame: 'case', message: expect.stringMatching(/not plain data/) };
  await expect(load('function', 'export default { value: () => 1 };')).rejects.toMatchObject(error);
});

test('matchers stay matchers, what only looks like one stays data', async () => {
  const text =
    "import { anyOf, matching } from 'kconform';\nexport default { a: anyOf(1, matching(/^x/)), b: { $matcher: 'anyOf' } };";
  expect(await load('matchers', text)).toEqual({ a: anyOf<unknown>(1, matching(/^x/)), b: { $matcher: 'anyOf' } });
});

test('the error for a misspelt import names file, line and the right name', async () => {
  await expect(
    load('misspelt', "\nimport { scenaro } from 'kconform';\nexport default scenaro;"),
  ).rejects.toMatchObject({
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    message: expect.stringMatching(/^kconform-load-\w+\/misspelt\.ts:2:10: ERROR: kconform exports no scenaro$/),
    hint: 'did you mean scenario?',
  });
});

test('an import of a missing file is reported with file and line', async () => {
  await expect(load('nowhere', "import x from './not-there.ts';\nexport default x;")).rejects.toMatchObject({
    code: 'KC_CASE_BROKEN',
    message: expect.stringMatching(
      /^kconform-load-\w+\/nowhere\.ts:1:15: ERROR: Could not resolve "\.\/not-there\.ts"$/,
    ),
  });
});

test('a changed file, and a changed import of it, are loaded as they are now', async () => {
  const text = "import { value } from './imported.ts';\nexport default { value, here: import.meta.url.slice(-11) };";
  await writeFile(join(folder, 'imported.ts'), 'export const value: number = 1;');
  expect(await load('imports', text)).toEqual({ value: 1, here: '/imports.ts' });
  await loader[Symbol.asyncDispose]();
  await writeFile(join(folder, 'imported.ts'), 'export const value: number = 2;');
  loader = await AuthorLoader.create();
  expect(await load('imports', text)).toEqual({ value: 2, here: '/imports.ts' });
});
