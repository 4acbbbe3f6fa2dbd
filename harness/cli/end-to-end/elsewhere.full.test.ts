/** Cases in a repository of their own, which has kconform as a dependency the way `npm link` gives it. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, REPOSITORY } from './command-line.test-support.ts';

/** The lines that docs/configuration.md shows for a file of such a repository. */
function fromDocs(name: string): string {
  const page = readFileSync(join(REPOSITORY, 'docs/configuration.md'), 'utf8');
  const block = page.split(`    // ${name}\n`)[1]?.split(/\n(?:\n {4}\/\/|(?! {4}|\n))/)[0];
  if (block === undefined) throw new Error(`docs/configuration.md shows no ${name}`);
  return `${block.replaceAll(/^ {4}/gm, '').trim()}\n`;
}

const SCENARIO = `import { scenario } from 'kconform';
export default scenario(async ({ guest }) => {
  await guest.$\`mount -t bpf -o uid=7 bpffs /mnt\`;
  return { uid: (await guest.stat('/mnt')).uid, bytes: Buffer.from('ab').length };
});
`;
const EXPECT = (more = '') => `import { expectation } from 'kconform';
import type scenario from './scenario.ts';
export default expectation<typeof scenario>({
  about: 'uid=', commit: 'b08c8fc0411d', outcome: { uid: 7, bytes: 2${more} },
});
`;

let repository: string;
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'kc-elsewhere-'));
  const files = {
    'package.json': '{ "type": "module" }\n',
    'tsconfig.json': fromDocs('tsconfig.json'),
    'kconform.config.ts': fromDocs('kconform.config.ts'),
    'cases/group/owner/scenario.ts': SCENARIO,
    'cases/group/owner/expect.ts': EXPECT(),
    'cases/group/misspelt/scenario.ts': SCENARIO,
    'cases/group/misspelt/expect.ts': EXPECT('\n  // @ts-expect-error: the scenario observes no such thing\n, udi: 7'),
    'apart/owner/scenario.ts': SCENARIO,
    'apart/owner/expect.ts': EXPECT(),
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(repository, name)), { recursive: true });
    await writeFile(join(repository, name), text);
  }
  await mkdir(join(repository, 'node_modules'));
  await symlink(REPOSITORY, join(repository, 'node_modules/kconform'));
});
afterAll(() => rm(repository, { recursive: true, force: true }));

test('its types resolve with the tsconfig.json of the documentation, and a wrong key does not compile', async () => {
  const tsc = await execa(join(REPOSITORY, 'node_modules/.bin/tsc'), ['--noEmit'], { cwd: repository, reject: false });
  expect(tsc.stdout).toBe('');
  expect(tsc.exitCode).toBe(0);
  expect(
    (await execa(join(REPOSITORY, 'node_modules/.bin/tsc'), ['--listFilesOnly'], { cwd: repository })).stdout,
  ).toMatch(/cases\/group\/misspelt\/expect\.ts/);
});

test('its configuration names the cases, the kernel and where results go, in any folder of it', async () => {
  const result = await kconform(['run', 'group/owner'], { cwd: join(repository, 'cases') });
  expect(result.all).toMatch(/PASS +group\/owner/);
  expect(result.exitCode).toBe(0);
  const results = JSON.parse(await readFile(join(repository, 'out/results.json'), 'utf8'));
  expect(results.results).toMatchObject([
    { case: '(boot)', verdict: 'PASS' },
    { case: 'group/owner', kernel: { spec: '6.12' } },
  ]);
});

test('npx kconform starts it there, as npm links its command', async () => {
  await mkdir(join(repository, 'node_modules/.bin'), { recursive: true });
  await symlink(join('../kconform', await command()), join(repository, 'node_modules/.bin/kconform'));
  const npx = await execa('npx', ['--offline', 'kconform', 'run', '--help'], { cwd: repository });
  expect(npx.stdout).toMatch(/^Usage: kconform run /);
});

// npm 9.2 of Debian 13 copies a `file:` dependency that later versions link, so no second package may provide the command.
test('npx kconform in a clone of kconform runs the only command of its own package.json', async () => {
  expect(await command()).toBe('harness/cli/kconform.mjs');
  for (const cwd of [REPOSITORY, join(REPOSITORY, 'cases')]) {
    const { stdout } = await execa('npx', ['--offline', 'kconform', '--version'], { cwd });
    expect(stdout).toMatch(/^\d+\.\d/);
  }
  const { packages } = JSON.parse(await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8'));
  expect(Object.values<{ link?: boolean }>(packages).filter(({ link }) => link)).toEqual([]);
});

/** The file of the command `kconform`, which must be the only command of the package. */
async function command(): Promise<string> {
  const { bin } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'));
  expect(Object.keys(bin)).toEqual(['kconform']);
  return bin.kconform;
}

test('a path leads to cases outside its folder of cases; the line that runs one again does so too', async () => {
  await writeFile(join(repository, 'apart/owner/expect.ts'), EXPECT().replace('uid: 7', 'uid: 8'));
  const result = await kconform(['run', './apart'], { cwd: repository });
  expect(result.all).toMatch(/FAIL +owner/);
  expect(result.all).toContain('run it again: npx kconform run ./apart/owner --kernel 6.12\n');
  const again = await kconform(['run', './apart/owner', 'group/owner', '--kernel', '6.12'], { cwd: repository });
  expect(again.all).toContain('2 PASS, 1 FAIL');
});

test('no case may have the name under which boots are judged', async () => {
  const folder = join(repository, 'reserved');
  await mkdir(join(folder, '(boot)'), { recursive: true });
  await writeFile(join(folder, '(boot)/expect.ts'), EXPECT());
  for (const words of [['--cases', folder], [join(folder, '(boot)')], [folder]]) {
    const result = await kconform(['run', ...words], { cwd: repository });
    expect(result.all).toContain('no case may be named (boot)');
    expect(result.exitCode).toBe(2);
  }
  await rm(folder, { recursive: true });
});

test('two cases that would have one name in the results are refused', async () => {
  await mkdir(join(repository, 'more'));
  await symlink(join(repository, 'apart/owner'), join(repository, 'more/owner'));
  const result = await kconform(['run', './apart', './more'], { cwd: repository });
  expect(result.all).toMatch(/apart\/owner and \S+more\/owner would have the same name/);
  expect(result.exitCode).toBe(2);
});

test.each([
  ['export default { case: "./cases" };', /kconform\.config\.ts is not a configuration: .*case/],
  ['export default { kernels: [] };', /is not a configuration: kernels: /],
  ['export const cases = "./cases";', /is not a configuration: /],
  ['export default {', /kconform\.config\.ts cannot be loaded: /],
])('a configuration of %j gets one clear error', async (text, words) => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-config-'));
  try {
    await writeFile(join(folder, 'kconform.config.ts'), `${text}\n`);
    const result = await kconform(['cases'], { cwd: folder });
    expect(result.all).toMatch(words);
    expect(result.all).not.toMatch(/^\s+at /m);
    expect(result.exitCode).toBe(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
