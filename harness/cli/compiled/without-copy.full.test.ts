/** The program through tsx, instead of its compiled copy: what it prints, its verdicts and its exit codes are the same. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { kconform, REPOSITORY } from '../end-to-end/command-line.test-support.ts';
import { PASSES, temporaryCases } from '../end-to-end/temporary-cases.test-support.ts';

async function withoutCopy(words: readonly string[]) {
  const main = ['--import', 'tsx', join(REPOSITORY, 'harness/cli/main.ts')];
  const env = { NO_COLOR: '1', CI: '' };
  return execa('node', [...main, ...words], { cwd: REPOSITORY, reject: false, input: '', env });
}

/** Without times and names of temporary files. */
function stable(text: string): string {
  return text.replaceAll(/[\d.]+ m?s\b/g, 'TIME').replaceAll(/ +/g, ' ');
}

test.each([['--version'], ['--help'], ['cases bpffs'], ['run --no-such-option'], ['run no/such/case']])(
  'kconform %s',
  async (line) => {
    const words = line.split(' ');
    const [copy, plain] = [await kconform(words, { cwd: REPOSITORY }), await withoutCopy(words)];
    expect(plain.stdout).toBe(copy.stdout);
    expect(plain.stderr).toBe(copy.stderr);
    expect(plain.exitCode).toBe(copy.exitCode);
    expect(`${copy.stdout}${copy.stderr}`).not.toBe('');
  },
);

test('kconform run: a PASS, a FAIL and an ERROR', async () => {
  const cases = await temporaryCases({
    pass: PASSES,
    wrong: { ...PASSES, outcome: "{ answer: '43' }" },
    broken: { ...PASSES, scenario: "throw new Error('by the author')" },
  });
  try {
    const words = ['run', '--cases', cases, '--jobs', '1'];
    const [copy, plain] = [await kconform(words, { cwd: REPOSITORY }), await withoutCopy(words)];
    expect(copy.stdout).toMatch(/^PASS +pass\b/m);
    expect(copy.stdout).toMatch(/^FAIL +wrong\b/m);
    expect(copy.stdout).toMatch(/^ERROR +broken\b/m);
    expect(stable(plain.stdout).split('\n').sort()).toEqual(stable(copy.stdout).split('\n').sort());
    expect([copy.exitCode, plain.exitCode]).toEqual([2, 2]);
  } finally {
    await rm(cases, { recursive: true });
  }
});
