/** vitest's JSON reports, made by vitest itself. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readReport } from './test-report.ts';

const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const IMPORT = `import { expect, test } from '${import.meta.resolve('vitest')}';\n`;

async function reportOf(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'kc-report-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const words = ['run', '--reporter=json', '--outputFile.json=report.json', '--root', folder];
    const { exitCode } = await execa(process.execPath, [VITEST, ...words], { cwd: folder, reject: false });
    const text = await readFile(join(folder, 'report.json'), 'utf8');
    const { failures, ...counts } = readReport(text, exitCode ?? null);
    return { ...counts, failures: failures.map((line) => line.replaceAll(`${folder}/`, '')) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('passed and skipped tests are counted', async () => {
  const text = `${IMPORT}test('a', () => {}); test.skip('b', () => {});`;
  expect(await reportOf({ 'a.test.ts': text })).toEqual({ passed: 1, failed: 0, skipped: 1, failures: [] });
});

test('a failed test and a file that cannot be loaded have a line each', async () => {
  const { failures, ...counts } = await reportOf({
    'a.test.ts': `${IMPORT}test('adds', () => expect(1 + 1).toBe(3)); test('b', () => {});`,
    'broken.test.ts': "throw new Error('not loaded');",
  });
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(failures.toSorted()).toEqual([
    expect.stringMatching(/^failed: a\.test\.ts: adds: AssertionError: expected 2 to be 3/),
    expect.stringMatching(/^failed: broken\.test\.ts: .*not loaded/),
  ]);
});

test('a file that cannot be loaded is a failure although no test failed', async () => {
  expect(await reportOf({ 'a.test.ts': "throw new Error('no')" })).toMatchObject({ passed: 0, failed: 1 });
});

test('vitest that fails without a report, or after a good one, is a failure', () => {
  const good = '{"numPassedTests":3,"numFailedTests":0,"numFailedTestSuites":0,"numPendingTests":0,"testResults":[]}';
  expect(readReport(undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
  expect(readReport(undefined, null)).toMatchObject({ passed: 0, failed: 1 });
  expect(readReport(good, 0)).toMatchObject({ passed: 3, failed: 0 });
  expect(readReport(good, 1)).toMatchObject({ passed: 3, failed: 1 });
});
