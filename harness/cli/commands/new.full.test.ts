/** From a scenario to a case, and from a run to a fixed expectation: real guests, the compiler on what was written. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, onTerminal, REPOSITORY } from '../end-to-end/command-line.test-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-new-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "kconform/tsconfig.json", "include": ["cases"] }\n');
  await writeFile(join(folder, 'kconform.config.ts'), "export default { cases: './cases', kernels: ['6.12'] };\n");
  await mkdir(join(folder, 'node_modules'));
  await symlink(REPOSITORY, join(folder, 'node_modules/kconform'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeCase(name: string, file: string, text: string) {
  await writeFile(join(folder, file), text);
  const made = await kconform(['new', name, '--from', file], { cwd: folder });
  expect(made.leftovers).toEqual([]);
  return made;
}

const expectOf = (name: string) => join(folder, 'cases', name, 'expect.ts');

async function compilerSays(): Promise<string> {
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc');
  return (await execa(tsc, ['--noEmit'], { cwd: folder, reject: false })).stdout;
}

const ACCIDENTS = `import { scenario } from 'kconform';
export default scenario(async ({ guest }) => {
  const word = async (command: string) => (await guest.exec(command)).stdout.toString().trim();
  await guest.$\`mount -t bpf -o uid=7,mode=0700 bpffs /mnt\`;
  await guest.$\`bpftool map create /mnt/map type array key 4 value 4 entries 1 name m\`;
  const { uid, mode } = await guest.stat('/mnt');
  return {
    owed: { uid, mode, options: await guest.mountOptions('/mnt') },
    agent: guest.root.pid,
    shell: Number(await word('echo $$')),
    map: Number((await word('bpftool map show pinned /mnt/map')).split(':')[0]),
    device: await word('stat -c %d /mnt'),
    mount: Number((await word('grep " /mnt " /proc/self/mountinfo')).split(' ')[0]),
    inode: Number(await word('stat -c %i /mnt/map')),
    pipe: await word('readlink /proc/self/fd/1'),
    namespace: await word('unshare -u readlink /proc/self/ns/uts'),
    day: await word('date +%d-%H:%M'),
    uptime: Number((await word('cat /proc/uptime')).split('.')[0]),
  };
});
`;

test('a scenario in TypeScript: what holds by accident is not expected, the rest is; the case passes and compiles', async () => {
  const made = await makeCase('group/accidents', 'accidents.ts', ACCIDENTS);
  expect(made.all).toContain('npx kconform run group/accidents --kernel 6.12');
  expect(made.exitCode).toBe(0);
  const text = await readFile(expectOf('group/accidents'), 'utf8');
  expect(text).toContain("options: 'rw,relatime,uid=7,mode=700'");
  expect(text).toContain('uid: 7,');
  for (const name of ['agent', 'shell', 'map', 'device', 'mount', 'inode', 'pipe', 'namespace', 'day', 'uptime']) {
    expect(text).toMatch(new RegExp(`// why: \\(two runs showed .*\\n *${name}: (atLeast|matching)\\(`));
  }
  expect((await kconform(['run', 'group/accidents'], { cwd: folder })).all).toContain('2 PASS');
  expect(await compilerSays()).toBe('');
});

test('a script: the case passes; once its expectation is wrong, accept fixes just the value', async () => {
  const script = 'mount -t bpf -o uid=7 bpffs /mnt\nobserve root.uid --json "$(stat -c %u /mnt)"\nobserve pid $$\n';
  expect((await makeCase('owner', 'owner.sh', script)).exitCode).toBe(0);
  const proposed = await readFile(expectOf('owner'), 'utf8');
  expect((await kconform(['run', 'owner'], { cwd: folder })).all).toContain('2 PASS');

  const wrong = proposed.replace('uid: 7', 'uid: 0x8').replace(/pid: .*/, 'pid: matching(/^x$/), // by hand');
  await writeFile(expectOf('owner'), wrong);
  expect((await kconform(['run', 'owner', '--out', 'out'], { cwd: folder })).exitCode).toBe(1);
  const inCi = await kconform(['accept', 'out', '--yes'], { cwd: folder, env: { CI: 'true' } });
  expect(inCi.all).toMatch(/does not change expectations when CI is set/);
  expect(inCi.exitCode).toBe(2);
  expect((await kconform(['accept', 'out'], { cwd: folder })).all).toMatch(/standard input is not a terminal/);
  expect(await readFile(expectOf('owner'), 'utf8')).toBe(wrong);

  const accepted = await kconform(['accept', 'out', 'owner', '--yes'], { cwd: folder });
  expect(accepted.all).toMatch(/owner: root\.uid on 6\.12\.\S+\n {2}- 0x8\n {2}\+ 0x7\n/);
  expect(accepted.all).toMatch(/owner: pid on .*\n {2}by hand: line \d+ is the matcher matching/);
  expect(accepted.all).toContain('1 accepted, 0 left, 1 to change by hand');
  expect(accepted.exitCode).toBe(1);
  expect(await readFile(expectOf('owner'), 'utf8')).toBe(wrong.replace('0x8', '0x7'));
});

function failure(version: string, observations: readonly object[]): object {
  const oracles = { splats: [], leaks: [], taints: [], counters: [] };
  const kernel = { id: version, spec: version, version, package: null };
  return { kernel, case: 'asked', verdict: 'FAIL', durationMs: 1, observations, oracles, rerun: '' };
}

function resultsFile(results: readonly object[]): string {
  const host = { qemu: '7.2.0', cpus: 2, accelerator: 'tcg', acceleratorReason: 'asked for' };
  const run = { id: '1', startedAt: '2026-01-01', state: 'finished', durationMs: 1, kconform: '0.1.0', host };
  return JSON.stringify({ schema: 2, run, results });
}

test('accept asks for each value on a terminal: y takes it, n leaves it, Ctrl-D ends', async () => {
  await mkdir(join(folder, 'cases/asked'), { recursive: true });
  const text =
    "import { expectation } from 'kconform';\nexport default expectation({ about: 'a', commit: 'b', outcome: { a: 1, b: 1, c: 1 } });\n";
  await writeFile(expectOf('asked'), text);
  const observations = ['a', 'b', 'c'].map((path) => ({ path, verdict: 'FAIL', expected: '1', observed: '2' }));
  await writeFile(join(folder, 'asked.json'), resultsFile([failure('6.12.1', observations)]));
  const terminal = onTerminal(['accept', join(folder, 'asked.json'), '--cases', join(folder, 'cases')]);
  await terminal.until(/asked: a on.*accept\?/s);
  terminal.type('n\n');
  await terminal.until(/asked: b on.*accept\?/s);
  terminal.type('y\n');
  await terminal.until(/asked: c on.*accept\?/s);
  terminal.type('\x04');
  expect((await terminal.ended).exitCode).toBe(0);
  expect(await readFile(expectOf('asked'), 'utf8')).toBe(text.replace('b: 1', 'b: 2'));
});

test('kernels that disagree are not made to agree', async () => {
  const one = (version: string, observed: string) =>
    failure(version, [{ path: 'a', verdict: 'FAIL', expected: '1', observed }]);
  await writeFile(join(folder, 'two.json'), resultsFile([one('6.12.1', '2'), one('6.12.2', '3')]));
  const result = await kconform(['accept', 'two.json', '--yes'], { cwd: folder });
  expect(result.all).toMatch(/a on 6\.12\.1, 6\.12\.2\n {2}by hand: kernels showed different values: use byVersion/);
  expect(result.exitCode).toBe(1);
});

test('a kernel whose known bug explains its value does not keep others from agreeing', async () => {
  const text = await readFile(expectOf('asked'), 'utf8');
  const failed = failure('6.12.2', [{ path: 'c', verdict: 'FAIL', expected: '1', observed: '2' }]);
  const explained = failure('6.12.1', [{ path: 'c', verdict: 'XFAIL', expected: '1', observed: '7' }]);
  await writeFile(join(folder, 'bug.json'), resultsFile([failed, { ...explained, verdict: 'XFAIL' }]));
  const result = await kconform(['accept', 'bug.json', '--yes', '--cases', 'cases'], { cwd: folder });
  expect(result.all).toContain('1 accepted, 0 left, 0 to change by hand');
  expect(await readFile(expectOf('asked'), 'utf8')).toBe(text.replace('c: 1', 'c: 2'));
});

test('a reproducer in C that makes the kernel complain becomes a case with a known bug, and is XFAIL', async () => {
  const made = await makeCase(
    'complains',
    'complains.c',
    `#include <stdio.h>
int main(void)
{
  FILE *log = fopen("/dev/kmsg", "w");
  fprintf(log, "<4>WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2\\n");
  return fclose(log);
}
`,
  );
  expect(made.exitCode).toBe(0);
  const text = await readFile(expectOf('complains'), 'utf8');
  expect(text).toContain("{ kind: 'WARNING', title: 'WARNING: at kernel/x.c f' }");
  expect((await kconform(['run', 'complains'], { cwd: folder })).all).toContain('1 XFAIL');
  expect(await compilerSays()).toBe('');
});

test.each([
  [['complains', '--from', 'complains.c'], /already exists/],
  [['../out', '--from', 'complains.c'], /is not a name for a case/],
  [['neighbour', '--from', 'neighbour.ts'], /imports \.\/other\.ts, which the case does not contain/],
  [['ends', '--from', 'unset.sh'], /did not finish, so no expectation can be written: .*NOWHERE/],
])('%j is refused, and changes nothing', async (args, words) => {
  await writeFile(join(folder, 'other.ts'), 'export const one = 1;\n');
  await writeFile(
    join(folder, 'neighbour.ts'),
    "import { scenario } from 'kconform';\nimport { one } from './other.ts';\nexport default scenario(async () => ({ one }));\n",
  );
  await writeFile(join(folder, 'unset.sh'), 'echo "$NOWHERE"\n');
  const text = () => readFile(expectOf(args[0] ?? ''), 'utf8').catch(() => 'none');
  const before = await text();
  const result = await kconform(['new', ...args], { cwd: folder });
  expect(result.all).toMatch(words);
  expect(result.exitCode).toBe(2);
  expect(await text()).toBe(before);
});

test('the headers of a reproducer in C come along, so that the case compiles', async () => {
  await mkdir(join(folder, 'inner'), { recursive: true });
  await writeFile(join(folder, 'headers.c'), '#include "own.h"\nint main(void) { return ANSWER - 42; }\n');
  await writeFile(join(folder, 'own.h'), '#include "inner/deep.h"\n');
  await writeFile(join(folder, 'inner/deep.h'), '#define ANSWER 42\n');
  const made = await kconform(['new', 'with-headers', '--from', 'headers.c'], { cwd: folder });
  expect(made.stdout).toContain('scenario.c, inner/deep.h, own.h, expect.ts');
  const result = await kconform(['run', 'with-headers'], { cwd: folder });
  expect(result.all).toContain('2 PASS');
});

test('a program of a folder becomes a case with what it needs, and runs', async () => {
  await mkdir(join(folder, 'tool'), { recursive: true });
  await writeFile(join(folder, 'tool/main.c'), '#include "part.h"\nint main(int n, char **v) { return n - PART; }\n');
  await writeFile(join(folder, 'tool/part.h'), '#define PART 2\n');
  const made = await kconform(['new', 'tool', '--from', 'tool', '--', 'argument'], { cwd: folder });
  expect(made.stdout).toContain('main.c, part.h, expect.ts');
  expect(await readFile(expectOf('tool'), 'utf8')).toContain(
    "program: { args: [ 'argument' ], sources: [ 'main.c' ] },",
  );
  expect((await kconform(['run', 'tool'], { cwd: folder })).all).toContain('2 PASS');
  expect(await compilerSays()).toBe('');
});

test('a source that includes what is not in its folder is refused', async () => {
  await mkdir(join(folder, 'low'), { recursive: true });
  await writeFile(join(folder, 'far.h'), '\n');
  await writeFile(join(folder, 'low/main.c'), '#include "../far.h"\nint main(void) { return 0; }\n');
  const made = await kconform(['new', 'low', '--from', 'low/main.c', '--flags=-O0'], { cwd: folder });
  expect(made.stderr).toMatch(/the program needs .*far\.h, which is not in .*low/);
  expect(made.exitCode).toBe(2);
});

test('a bug report: its program or script becomes a case that passes, with the machine and the splat of the report', async () => {
  const ofReport = (name: string) => join(REPOSITORY, 'harness/bug-reports/test-data', name);
  const make = (name: string, report: string) => kconform(['new', name, '--from', ofReport(report)], { cwd: folder });
  const program = await make('reports/scan', 'pagemap-scan-splat.eml');
  expect(program.leftovers).toEqual([]);
  expect(program.exitCode).toBe(0);
  expect(await readFile(expectOf('reports/scan'), 'utf8')).toContain(
    "  //     splats: [{ kind: 'BUG', frame: 'pagemap_scan_pmd_entry' }],",
  );
  expect(await readFile(join(folder, 'cases/reports/scan/scenario.c'), 'utf8')).toContain('PAGEMAP_SCAN');
  const script = await make('reports/noswap', 'noswap-script.eml');
  expect(script.exitCode).toBe(0);
  const proposed = await readFile(expectOf('reports/noswap'), 'utf8');
  expect(proposed).toContain("machine: { packages: [ 'mount' ] },\n  program: { command: 'script' },");
  expect((await kconform(['run', 'reports'], { cwd: folder })).all).toContain('3 PASS');
  expect(await compilerSays()).toBe('');
  const commands = await make('reports/commands', 'noswap-commands.eml');
  expect(commands.all).toContain('do not become a case by themselves');
  expect(commands.exitCode).toBe(2);
}, 400_000);
