import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noReports } from '../expect/outcome.ts';
import type { CaseResult } from '../run/events.ts';
import { factsOf, resultOn, sourceOf, WARNING as splat, storedRun } from './evidence.test-support.ts';
import { evidenceFiles } from './evidence.ts';
import { type KeptSource, keepSource, keptSource } from './kept-source.ts';
import { storedCase } from './stored-case.ts';
import { writeEvidence } from './write-evidence.ts';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kc-evidence-test-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const bad: Partial<CaseResult> = {
  verdict: 'FAIL',
  blame: 'kernel',
  reason: "negative.errno: expected 'EINVAL', observed 'EPERM'",
  observations: [
    { path: 'shown', verdict: 'PASS', expected: "'rw'", observed: "'rw'" },
    { path: 'negative.errno', verdict: 'FAIL', expected: "'EINVAL'", observed: "'EPERM'" },
  ],
  oracles: { ...noReports, splats: [splat], taints: ['W'] },
};

async function filesFor(results: readonly CaseResult[], source: KeptSource, transcript = '') {
  const out = await storedRun(results, { console: 'a line\n', transcript });
  const stored = await storedCase(out, results[0]?.case, undefined);
  await rm(out, { recursive: true });
  const kernel = factsOf(stored.subject.result.kernel);
  return evidenceFiles({ stored, source, kernel, withImage: false, notes: [] });
}

const textOf = (files: Awaited<ReturnType<typeof filesFor>>, path: string) =>
  files.find((file) => file.path === path)?.bytes.toString() ?? `no file ${path}`;

/** Without the kernel's headers, which hosts without package lists do not have. */
const withoutHeaders = (text: string) =>
  text.replace(/ -isystem reproducer\/uapi/, '').replace(/^reproducer\/uapi\/.*\n/m, '');

test('README.txt of a reproducer in C, as a maintainer reads it', async () => {
  const name = 'bpffs/delegate-options';
  const results = [
    resultOn('6.12.43', name),
    resultOn('6.12.57', name, { ...bad, machine: { cpus: 2, memory: '1G' } }),
  ];
  const files = await filesFor(
    results,
    sourceOf('c', 'scenario.c', '#include "kconform.h"\nint main(void) { return 0; }\n'),
  );
  await expect(withoutHeaders(textOf(files, 'README.txt'))).toMatchFileSnapshot('golden/README-c.txt');
  await expect(withoutHeaders(textOf(files, 'settings.sh'))).toMatchFileSnapshot('golden/settings.sh.txt');
  expect(textOf(files, 'reproducer/kconform.h')).toContain('observe_json');
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['guest/init', 'run.sh', 'splats.txt', 'config']),
  );
});

test('a program in C has the kernel headers that it includes, so that hosts with older ones compile it', async () => {
  const text = '#include <linux/fs.h>\nint main(void) { return PAGEMAP_SCAN == 0; }\n';
  const files = await filesFor([resultOn('6.12.57', 'a/b', bad)], sourceOf('c', 'a.c', text));
  expect(textOf(files, 'reproducer/uapi/linux/fs.h')).toContain('PAGEMAP_SCAN');
  const folder = join(scratch, 'headers');
  await writeEvidence(files, folder);
  await mkdir(join(folder, 'root/evidence'), { recursive: true });
  await execa('sh', ['-euc', '. ./settings.sh; compile'], { cwd: folder });
  await execa(join(folder, 'root/evidence/program'));
});

test('README.txt of a scenario in TypeScript, with its calls as a program', async () => {
  const source = sourceOf('typescript', 'scenario.ts', 'export default 1;\n');
  const files = await filesFor([resultOn('6.12.57', 'a/b', bad)], source, '1 mount("a", "/mnt") = 0\n');
  await expect(textOf(files, 'README.txt')).toMatchFileSnapshot('golden/README-typescript.txt');
  expect(textOf(files, 'reproducer/calls.txt')).toBe('1 mount("a", "/mnt") = 0\n');
  expect(textOf(files, 'reproducer/calls.c')).toContain('syscall(165 /* mount */, "a", "/mnt")');
});

test('a scenario in TypeScript whose calls cannot be written down needs kconform, and README.txt says why', async () => {
  const source = sourceOf('typescript', 'scenario.ts', 'export default 1;\n');
  const files = await filesFor([resultOn('6.12.57', 'a/b', bad)], source, '1 fork() = 2\n');
  await expect(textOf(files, 'README.txt')).toMatchFileSnapshot('golden/README-needs-kconform.txt');
  expect(files.map(({ path }) => path)).not.toContain('run.sh');
});

test('what repro ran has no expectation: the text says what went wrong, and calls no value expected', async () => {
  const reason = 'the scenario failed: exit code 1';
  const seen = { path: 'exitCode', verdict: 'PASS', expected: '1', observed: '1' } as const;
  const failed = resultOn('6.12.57', 'a.c', { verdict: 'FAIL', reason, observations: [seen] });
  const files = await filesFor([failed], sourceOf('c', 'a.c', 'int main(void) { return 1; }\n'));
  expect(textOf(files, 'observations.txt')).not.toContain('expected');
  expect(textOf(files, 'README.txt')).toContain(reason);
  expect(textOf(files, 'README.txt')).not.toContain('nothing that differs');
});

test('names and arguments with metacharacters stay words of the shell', async () => {
  const main = "it's; touch $(pwned) & `x`.c";
  const source = sourceOf('c', main, 'int main(void) { return 0; }\n', {
    arguments: ['a b', "c'd", '$(touch pwned)'],
    flags: ['-DX=";touch pwned"'],
    libraries: ['cap; touch pwned'],
  });
  const files = await filesFor([resultOn('6.12.57', 'a/b', bad)], source);
  const folder = join(scratch, 'evidence');
  await writeEvidence(files, folder);
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/gcc'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const compiled = await execa('sh', ['-euc', '. ./settings.sh; compile'], { cwd: folder, env, extendEnv: false });
  expect(compiled.stdout.split('\n')).toEqual(
    expect.arrayContaining(['-DX=";touch pwned"', `reproducer/${main}`, '-lcap; touch pwned']),
  );
  await mkdir(join(folder, 'evidence'));
  const command = textOf(files, 'guest/command').replace('exec /evidence/program', 'printf "%s\\n"');
  const ran = await execa('sh', ['-c', command], { cwd: folder });
  expect(ran.stdout.split('\n')).toEqual(['a b', "c'd", '$(touch pwned)']);
  const { stdout } = await execa('find', [scratch, '-name', '*pwned*', '!', '-name', "it's*"]);
  expect(stdout).toBe('');
});

test('a console with escape sequences does not reach README.txt', async () => {
  const reason = 'reason \u001b[31m\u202e evil';
  const files = await filesFor([resultOn('6.12.57', 'a/b', { ...bad, reason })], sourceOf('shell', 's.sh', 'true\n'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be absent
  expect(textOf(files, 'README.txt')).not.toMatch(/[\u001b\u202e]/);
});

test.each([
  [undefined, undefined, 'the results have 2 cases'],
  ['bpffs/mount-ownr', undefined, 'bpffs/mount-ownr is not in the results'],
  ['bpffs/mount-owner', '6.12.99', 'the case has no result on 6.12.99'],
])('a case that cannot be chosen: %s, %s', async (name, kernel, message) => {
  const out = await storedRun([resultOn('6.12.57', 'bpffs/mount-owner'), resultOn('6.12.57', 'x/y')]);
  await expect(storedCase(out, name, kernel)).rejects.toThrow(message);
  await rm(out, { recursive: true });
});

test('a folder that is missing, or has no results, is refused', async () => {
  await expect(storedCase(join(scratch, 'nowhere'), 'x/y', undefined)).rejects.toMatchObject({
    code: 'KC_RESULTS_FILE',
  });
  await expect(storedCase(scratch, 'x/y', undefined)).rejects.toMatchObject({ code: 'KC_RESULTS_FILE' });
  const out = await storedRun([]);
  await expect(storedCase(out, undefined, undefined)).rejects.toThrow('the results have no case');
  await rm(out, { recursive: true });
});

test('without a kernel, the newest that shows the bug is meant', async () => {
  const results = [resultOn('6.12.100', 'x/y'), resultOn('6.12.57', 'x/y', bad), resultOn('6.12.43', 'x/y', bad)];
  const out = await storedRun(results);
  const stored = await storedCase(out, undefined, undefined);
  expect(stored.subject.result.kernel.spec).toBe('6.12.57');
  expect(stored.all.map(({ kernel }) => kernel.spec)).toEqual(['6.12.43', '6.12.57', '6.12.100']);
  expect((await storedCase(out, 'x/y', '6.12.43')).subject.result.kernel.spec).toBe('6.12.43');
  await rm(out, { recursive: true });
});

test('a results.json of schema 1 is read too', async () => {
  const results = [
    {
      ...resultOn('6.12.57', 'x/y', bad),
      kernel: { spec: '6.12.57', version: '6.12.57+deb12-cloud-amd64', package: null },
    },
  ];
  const run = { id: '1', startedAt: '2025-01-01T00:00:00Z', durationMs: 1, kconform: '0.0.1' };
  const host = { qemu: '7.2', cpus: 1, accelerator: 'tcg', acceleratorReason: '' };
  await writeFile(join(scratch, 'results.json'), JSON.stringify({ schema: 1, run: { ...run, host }, results }));
  await mkdir(join(scratch, '6.12.57+deb12-cloud-amd64/x/y'), { recursive: true });
  await writeFile(join(scratch, '6.12.57+deb12-cloud-amd64/x/y/console.log'), 'of schema 1\n');
  const { subject } = await storedCase(scratch, undefined, undefined);
  expect(subject).toMatchObject({ console: 'of schema 1\n', result: { case: 'x/y', verdict: 'FAIL' } });
});

test('nothing that exists is replaced; an empty folder is used', async () => {
  const files = [{ path: 'a/b', bytes: 'text' }];
  await mkdir(join(scratch, 'full'));
  await writeFile(join(scratch, 'full/own'), 'mine');
  await expect(writeEvidence(files, join(scratch, 'full'))).rejects.toMatchObject({ code: 'KC_EVIDENCE' });
  expect(await readFile(join(scratch, 'full/own'), 'utf8')).toBe('mine');
  await writeFile(join(scratch, 'a.tar.zst'), 'mine');
  await expect(writeEvidence(files, join(scratch, 'a.tar.zst'))).rejects.toThrow('exists');
  await expect(writeEvidence(files, join(scratch, 'full/own/below'))).rejects.toMatchObject({ code: 'KC_EVIDENCE' });
  await mkdir(join(scratch, 'empty'));
  await writeEvidence(files, join(scratch, 'empty'));
  expect(await readFile(join(scratch, 'empty/a/b'), 'utf8')).toBe('text');
});

test('an archive has the folder, and no names of this machine', async () => {
  await writeEvidence([{ path: 'run.sh', bytes: 'true\n', executable: true }], join(scratch, 'one.tar.zst'));
  const { stdout } = await execa('tar', ['tvf', join(scratch, 'one.tar.zst')]);
  expect(stdout.split('\n').map((line) => line.split(/ +/).filter((_, index) => index < 2 || index === 5))).toEqual([
    ['drwxr-xr-x', '0/0', 'one/'],
    ['-rwxr-xr-x', '0/0', 'one/run.sh'],
  ]);
});

test('what a run keeps beside its results is read again', async () => {
  const source = sourceOf('c', 'report.c', 'int main;\n', { flags: ['-O2'], places: ['./repro'] });
  await keepSource(scratch, 'report.eml', source);
  expect(await keptSource(scratch, 'report.eml')).toEqual(source);
  expect(await keptSource(scratch, 'another')).toBeUndefined();
});
