import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from '../end-to-end/command-line.test-support.ts';

const CVE = 'CVE-2026-11111';

/** A folder of cases with one race, and a mutant that must make it fail. */
async function folderWithRace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-races-'));
  const expected = {
    kind: 'expectation',
    about: 'a',
    outcome: { missed: false },
    knownBugs: [{ title: 't', fix: null, fixedIn: [], instead: { missed: true }, cve: [CVE] }],
    race: { hits: 40, runs: 50, kernel: '6.12.96' },
  };
  const edits = [{ file: 'fs/a.c', find: 'a', replace: 'b' }];
  const mutants = [{ id: 'epoll/zero', edits, mustFail: { 'epoll/zero': ['missed'] } }];
  const files = {
    'package.json': JSON.stringify({ type: 'module' }),
    'epoll/zero/scenario.ts': "export default { kind: 'scenario', run: async () => ({ missed: false }) };\n",
    'epoll/zero/expect.ts': `export default ${JSON.stringify(expected)};\n`,
    'mutants/epoll.ts': `export default ${JSON.stringify({ kind: 'mutants', mutants })};\n`,
  };
  await mkdir(join(folder, 'epoll/zero'), { recursive: true });
  await mkdir(join(folder, 'mutants'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('a mutant can name a race, and audit --cve runs none that is not named', async () => {
  const folder = await folderWithRace();
  try {
    const listed = await kconform(['prove', '--list', '--cases', folder]);
    expect(listed.stderr).toBe('');
    expect(listed.stdout).toContain('  epoll/zero: missed');
    const audited = await kconform(['audit', '--cve', CVE, '--cases', folder, '--kernel', '6.12.57']);
    expect(audited.stderr).toContain('only races are left: epoll/zero');
    expect(audited.stderr).toContain('use --races, or name one of them: epoll/zero');
    expect(audited.exitCode).toBe(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
