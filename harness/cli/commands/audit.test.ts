import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { caseInputs } from '../../run/discovery/case-inputs.ts';
import { judged, observed, published } from '../../series/judged.test-support.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';

const NAME = 'a/case';
const EXPECTED = {
  kind: 'expectation',
  about: 'a',
  outcome: { a: 1, exitCode: 0, signal: null, output: '' },
  knownBugs: [{ title: 't', fix: 'the fix', fixedIn: [], instead: { a: 2 } }],
};

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** A results.json of one kernel on which the case passes, with the hash of the case as it is. */
async function resultsOf(folder: string): Promise<string> {
  const testCase = { name: NAME, folder: join(folder, 'cases', NAME), machine: {} };
  const inputs = { [NAME]: await (await caseInputs(folder))(testCase) };
  const run = {
    id: 'r',
    startedAt: '',
    state: 'finished',
    durationMs: 1,
    kconform: '0',
    host: { qemu: '', cpus: 1, accelerator: 'tcg', acceleratorReason: '' },
    planned: { kernels: [published('6.12.57')], cases: [NAME], inputs },
  };
  const result = judged('6.12.57', NAME, 'XPASS', { fix: 'the fix', observations: [observed('a', 'XPASS', '1')] });
  return JSON.stringify({ schema: 2, run, results: [{ ...result, rerun: '' }] });
}

test('an audit of results: a case that was edited says nothing, and one that cannot be loaded is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-audit-'));
  const audited = () =>
    kconform(['audit', '--results', join(folder, 'results.json'), '--cases', join(folder, 'cases')]);
  try {
    const expected = `export default ${JSON.stringify(EXPECTED)};\n`;
    await write(folder, {
      'package.json': JSON.stringify({ type: 'module' }),
      'cases/a/case/scenario.sh': 'observe a --json 1\n',
      'cases/a/case/expect.ts': expected,
    });
    await write(folder, { 'results.json': await resultsOf(folder) });
    const first = await audited();
    expect(first.stderr).toBe('');
    expect(first.stdout).toContain('has           the fix: a/case');
    expect(first.exitCode).toBe(0);
    await write(folder, { 'cases/a/bad/scenario.sh': '', 'cases/a/bad/expect.ts': 'export default 1;\n' });
    const second = await audited();
    expect(second.stdout).toContain('cases that failed, which says nothing about the kernel\n  a/bad: ');
    expect(second.exitCode).toBe(2);
    await rm(join(folder, 'cases/a/bad'), { recursive: true });
    await write(folder, { 'cases/a/case/expect.ts': `// edited\n${expected}` });
    const third = await audited();
    expect(third.stdout).toContain('a/case: the case was edited since this run');
    expect(third.exitCode).toBe(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
