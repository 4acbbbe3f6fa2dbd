/** Bisections on real kernels; the trees are of a few lines, whose make takes a published kernel for what it has built. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { cacheIn, kconform, REPOSITORY } from '../end-to-end/command-line.test-support.ts';
import { temporaryCases } from '../end-to-end/temporary-cases.test-support.ts';

const CASE = 'bpffs/unpin-releases-at-once';
let folder: string;
/** What is built of trees that are gone afterwards is not left in the cache. */
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-bisect-'));
  env = await cacheIn(folder, 'templates');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('releases are bisected to neighbours, with what the changelog has between them', async () => {
  const words = ['--good', '6.12.57', '--bad', '6.12.43'];
  const result = await kconform(['bisect', `${CASE}:hash`, ...words]);
  expect(result.stdout).toMatch(
    /^bad since 6\.12\.43 or before, fixed in 6\.12\.57 \(after 6\.12\.43\); fix candidates: \d+ of/,
  );
  expect(result.stdout).toMatch(/^ {2}6\.12\.43 +bad +XFAIL .*\n {2}6\.12\.57 +good +PASS/m);
  expect(result.stdout).toMatch(/the case names ee04cff9ed4d, which the changelog does not list/);
  expect(result.stdout).toMatch(/may touch kernel\/bpf\/inode\.c.*\n +6\.12\.54 +bpf: .*unpinning/);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});

const FUTEX = `#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
static uint32_t one, other;
int main(void)
{
  /* sys_futex_requeue must refuse differing flags */
  struct { uint64_t val, uaddr; uint32_t flags, reserved; } wait[2] = {
    { 0, (uintptr_t)&one, 2 | 128, 0 }, { 0, (uintptr_t)&other, 2, 0 } };
  return syscall(456, wait, 0, 1, 1) >= 0;
}
`;

test('a file is bisected without ends, and the changelog has a fix that fits', async () => {
  const file = join(folder, 'futex.c');
  await writeFile(file, FUTEX);
  const range = ['--kernel', '6.12.69..6.12.88'];
  const result = await kconform(['bisect', file, ...range], { limitMs: 280_000 });
  expect(result.stdout).toMatch(
    /^bad since 6\.12\.69 or before, fixed in 6\.12\.85 \(after 6\.12\.74\); fix candidates: /,
  );
  expect(result.stdout).toMatch(/^ {2}6\.12\.74 +bad +FAIL the scenario failed: exit code 1/m);
  expect(result.stdout).toMatch(/^ {2}6\.12\.85 +good +PASS/m);
  expect(result.stdout).toMatch(
    /likeliest first:\n +6\.12\.80 +futex: Require sys_futex_requeue\(\) to have identical flags/,
  );
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
}, 300_000);

test('a file that does not end on one side has its change found, confirmed by a second run', async () => {
  const file = join(folder, 'hang.sh');
  await writeFile(file, 'case $(uname -r) in 6.12.7?+*) sleep 1000;; esac\n');
  const words = ['--kernel', '6.12.69..6.12.85', '--limit', '3'];
  const result = await kconform(['bisect', file, ...words], { limitMs: 280_000 });
  expect(result.stdout).toMatch(/first no end 6\.12\.73 \(after 6\.12\.69\), fixed in 6\.12\.85 \(after 6\.12\.74\)/);
  expect(result.stdout).toMatch(/^ {2}6\.12\.74 +no end +FAIL did not end within 3 s, nor within 6 s/m);
  expect(result.exitCode).toBe(0);
}, 300_000);

test('a file with the same result on all kernels has no answer; values that differ are printed', async () => {
  const file = join(folder, 'same.sh');
  await writeFile(file, 'uname -r\n');
  const result = await kconform(['bisect', file, '--kernel', '6.12.85..6.12.88']);
  expect(result.stdout).toMatch(
    /^no change found: good on all 3 of 3 kernels that were tried, 6\.12\.85 to 6\.12\.88\n/,
  );
  expect(result.stdout).toMatch(
    /what differs between the oldest and the newest:\n +output +'6\.12\.85\S+ → '6\.12\.88/,
  );
  expect(result.exitCode).toBe(2);
});

test.each([
  [['--good', '6.12.43', '--bad', '6.12.57'], /6\.12\.43\S* should be good, but it is bad/],
  [['--good', '6.12.57', '--bad', '6.12.57'], /the same kernel/],
  [['--good', '6.12.57'], /two kernels are needed/],
  [['--good', '6.12.57', '--bad', '6.12.43', '--fix'], /--fix goes with --tree/],
  [['--good', '6.12.43..6.12.57', '--bad', '6.12.57'], /not one published kernel/],
])('%j gets one clear error', async (words, message) => {
  const result = await kconform(['bisect', CASE, ...words]);
  expect(result.all).toMatch(message);
  expect(result.exitCode).toBe(2);
});

test.each([
  [CASE, ['--good', '6.12.57', '--bad', '6.12.44'], 'no published kernel is "6.12.44"'],
  [CASE, ['--good', '6.12.57', '--bad', '6.12.57'], 'the same kernel'],
  [CASE, ['--good', '6.12.57', '--bad', './bzImage'], '"./bzImage" is not one published kernel'],
  [CASE, ['--good', '6.12.57', '--bad', '6.12.43:rt'], 'two flavours|no published kernel is'],
  [`${CASE}:hsh`, ['--good', '6.12.57', '--bad', '6.12.43'], 'has no observation "hsh"\\n.*did you mean hash'],
])('%s %j is refused before anything is downloaded', async (asked, words, message) => {
  const home = await mkdtemp(join(tmpdir(), 'kconform-bisect-'));
  try {
    const result = await kconform(['bisect', asked, ...words], { env: await cacheIn(home, 'apt') });
    expect(result.all).toMatch(new RegExp(message));
    expect(result.exitCode).toBe(2);
    expect(result.all).not.toMatch(/downloading/);
    expect(await readdir(join(home, 'kconform'))).not.toContain('kernels');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

/** A tree whose vmlinux is made by the shell commands. */
async function tree(name: string, build: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  await writeFile(join(root, 'Makefile'), makefile(build));
  return root;
}

/** All that kconform asks of make is there. */
function makefile(build: string): string {
  const lines = [
    'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 50\nEXTRAVERSION =\n# KERNELVERSION',
    'tinyconfig:\n\t@: > $(O)/.config',
    'olddefconfig modules:\n\t@:',
    'modules_install:\n\t@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.12.50/kernel',
    `vmlinux:\n\t@${build}\n\t@: > $(O)/System.map`,
    '.PHONY: tinyconfig olddefconfig modules modules_install vmlinux',
  ];
  return `${lines.join('\n')}\n`;
}

test.each([
  ['good', '6.12.57', 0, /^good .* PASS/m],
  ['bad', '6.12.43', 1, /^bad .* FAIL .*as if ee04cff9ed4d were missing|^bad .* XFAIL/m],
])('a tree that is %s ends with what git bisect run takes for that', async (name, spec, exitCode, words) => {
  const { vmlinux } = await resolveKernel(spec);
  const root = await tree(name, `cp ${vmlinux} $(O)/vmlinux`);
  const result = await kconform(['bisect', '--tree', root, CASE], { env });
  expect(result.stdout).toMatch(words);
  expect(result.exitCode).toBe(exitCode);
  expect(result.leftovers).toEqual([]);
});

test('a tree that does not build, or does not boot, is to be skipped', async () => {
  const broken = await kconform(
    ['bisect', '--tree', await tree('broken', "echo 'x.c:1: error: no' >&2; false"), CASE],
    { env },
  );
  expect(broken.all).toContain('error: no');
  expect(broken.exitCode).toBe(125);
  const { vmlinux } = await resolveKernel('6.12.57');
  // ud2 all over: with no handler yet the first instruction resets the machine.
  const fill = "yes | tr 'y\\n' '\\017\\013' | dd of=$(O)/vmlinux bs=4096 seek=512 count=2000";
  const wreck = `cp ${vmlinux} $(O)/vmlinux; ${fill} iflag=fullblock conv=notrunc status=none`;
  const dead = await kconform(['bisect', '--tree', await tree('dead', wreck), CASE], { env });
  expect(dead.all).toContain('it does not boot');
  expect(dead.exitCode).toBe(125);
}, 300_000);

test('a panic in the case is a word about the commit', async () => {
  const panic = {
    scenario: 'await guest.$.nothrow`echo c > /proc/sysrq-trigger`; return { a: 1 };',
    outcome: '{ a: 1 }',
  };
  const cases = await temporaryCases({ panic });
  try {
    const { vmlinux } = await resolveKernel('6.12.57');
    const root = await tree('panics', `cp ${vmlinux} $(O)/vmlinux`);
    const result = await kconform(['bisect', '--tree', root, 'panic', '--cases', cases], { env });
    expect(result.stdout).toMatch(/^bad .* FAIL .*panic/m);
    expect(result.exitCode).toBe(1);
  } finally {
    await rm(cases, { recursive: true });
  }
});

test.each([
  ['no tree', ['--tree', '/etc', CASE]],
  ['no case', ['--tree', '/etc', 'bpffs/no-such-case']],
  ['no observation', ['--tree', '/etc', `${CASE}:nosuch`]],
  ['no profile', ['--tree', '/etc', '--profile', 'nosuch', CASE]],
])('with %s the bisection is stopped: git takes 1 to 127 for words about the commit', async (_, words) => {
  expect((await kconform(['bisect', ...words])).exitCode).toBe(128);
});

describe('git bisect run', () => {
  const COMMITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
  /** The first with what 6.12.54 has: one bug fewer, and another one more. */
  const CHANGED = '3';
  const BROKEN = '5';
  let root: string;
  const git = (...words: string[]) => execa('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=b', ...words]);

  beforeAll(async () => {
    root = join(folder, 'repository');
    await mkdir(root);
    await git('init', '--quiet');
    const [before, after] = await Promise.all(['6.12.43', '6.12.57'].map((spec) => resolveKernel(spec)));
    for (const number of COMMITS) {
      const image = number < CHANGED ? before : after;
      const build = number === BROKEN ? 'false' : `cp ${image?.vmlinux} $(O)/vmlinux`;
      await writeFile(join(root, 'Makefile'), makefile(build));
      await git('add', '.');
      await git('commit', '--quiet', '--allow-empty', '--message', number);
      await git('tag', number);
    }
  });
  afterEach(() => git('bisect', 'reset'));

  test.each([
    [
      'broke',
      ['--term-old', 'good', '--term-new', 'bad'],
      [`${CASE.replace('releases-at-once', 'grace-period')}:symlink`],
    ],
    ['fixed', ['--term-old', 'broken', '--term-new', 'fixed'], ['--fix', CASE]],
  ])('finds the commit that %s it, past one that does not build', async (_, terms, words) => {
    await git('bisect', 'start', ...terms, '9', '1');
    const judge = ['npx', '--prefix', REPOSITORY, 'kconform', 'bisect', '--tree', '.', ...words];
    const { stdout } = await execa('git', ['bisect', 'run', ...judge], { cwd: root, env });
    const found = (await git('rev-parse', CHANGED)).stdout;
    expect(stdout).toContain(`${found} is the first ${terms[3]} commit`);
    expect((await git('bisect', 'log')).stdout).toContain(`# skip: [${(await git('rev-parse', BROKEN)).stdout}]`);
  });
});
