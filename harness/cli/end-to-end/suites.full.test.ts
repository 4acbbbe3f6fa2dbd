/** A suite of programs of one's own, through the commands that a user calls. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readResults } from '../../run/results/results-file.ts';
import { kconform } from './command-line.test-support.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  'net/helped': '. ./helper.txt\necho TAP version 13; echo 1..2; echo "ok 1 $WORD"; echo ok 2 two',
  known: 'echo TAP version 13; echo 1..2; echo ok 1 fine; echo not ok 2 broken; exit 1',
  wrong: 'echo TAP version 13; echo 1..1; echo not ok 1 wrong; exit 0',
  skips: 'exit 4',
  panics: 'echo TAP version 13; echo 1..1; echo c >/proc/sysrq-trigger; echo ok 1 survived',
  silent: 'exit 0',
  never: 'echo c >/proc/sysrq-trigger',
  turned: 'echo TAP version 13; echo 1..2; echo ok 1 a; echo "ok 2 b # SKIP no more"',
  prepared: 'cat /tmp/prepared && test "$1" = a && test "$VALUE" = b && pwd | grep -q /tmp',
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kconform-suite-'));
  await mkdir(join(root, 'own/programs/net'), { recursive: true });
  await writeFile(
    join(root, 'own/suite.ts'),
    `import { suite } from 'kconform';
export default suite({
  kind: 'programs', about: 'own', folder: './programs', convention: 'kselftest',
  tests: {
    known: { known: [{ reason: 'it counts wrongly', cause: 'test', subtests: ['broken'] }] },
    never: { leftOut: 'it panics' },
    prepared: { prepare: 'echo yes >/tmp/prepared', workdir: '/tmp', args: ['a'], env: { VALUE: 'b' } },
  },
});`,
  );
  const tests = {
    silent: ['one', 'two'],
    gone: ['x'],
    'net/helped': { subtests: ['helped'] },
    turned: { subtests: ['a', 'b'] },
  };
  const kernels = ['6.12.1+deb13-cloud-amd64'];
  await writeFile(join(root, 'own/tests.json'), JSON.stringify({ kernels, tests }));
  await writeFile(join(root, 'own/programs/net/helper.txt'), 'WORD=helped');
  for (const [name, text] of Object.entries(PROGRAMS)) {
    await writeFile(join(root, 'own/programs', name), `#!/bin/sh\n${text}\n`);
    await chmod(join(root, 'own/programs', name), 0o755);
  }
});
afterAll(() => rm(root, { recursive: true }));

test('each program is judged, and accept makes the list of what was seen', { timeout: 300_000 }, async () => {
  const out = join(root, 'out');
  const words = ['run', 'own', '--cases', root, '--kernel', '6.12'];
  const run = await kconform([...words, '--out', out], { limitMs: 250_000 });
  const { results } = await readResults(out);
  const verdicts = Object.fromEntries(results.map((one) => [one.case, one.verdict]));
  expect(verdicts).toMatchObject({
    'own/net/helped': 'PASS',
    'own/known': 'XFAIL',
    'own/wrong': 'FAIL',
    'own/skips': 'SKIP',
    'own/panics': 'FAIL',
    'own/never': 'SKIP',
    'own/silent': 'FAIL',
    'own/turned': 'FAIL',
    'own/prepared': 'PASS',
  });
  expect(run.exitCode).toBe(1);
  const panicked = results.find((one) => one.case === 'own/panics');
  expect(panicked?.reason).toContain('sysrq triggered crash');
  expect(results.find((one) => one.case === 'own/never')?.reason).toBe('left out: it panics');
  expect(run.all).toContain('it showed none of the 2 subtests of the list');
  expect(run.all).toContain('a subtest is skipped that was not on 6.12.1+deb13-cloud-amd64: b');
  expect(run.all).toMatch(/not among its tests any more: 1 .*\n {2}own\/gone/);
  const accepted = await kconform(['accept', out, 'own', '--cases', root, '--yes']);
  expect(accepted.all).toContain('new tests: known, never, panics, prepared, skips, wrong');
  expect(accepted.all).toContain('new subtests: net/helped: two');
  expect(accepted.all).toContain(`"turned": { skips: [{ reason: 'TODO', subtests: ["b"] }] },`);
  expect(accepted.all).toMatch(
    /the suite does not make any more \(kept in the list; --prune drops them\):\n {4}gone\n/,
  );
  expect(accepted.all).toContain(`"wrong": { known: [{ reason: 'TODO', cause: 'TODO', subtests: ["wrong"] }] },`);
  const list = async () => JSON.parse(await readFile(join(root, 'own/tests.json'), 'utf8')).tests;
  expect(await list()).toMatchObject({
    'net/helped': { subtests: ['helped', 'two'] },
    gone: ['x'],
    skips: { subtests: [], mayBeSkipped: true },
    turned: { subtests: ['a', 'b'] },
  });
  await kconform(['accept', out, 'own', '--cases', root, '--yes', '--prune']);
  expect(Object.keys(await list())).not.toContain('gone');
});

test('a test that is not in the list is reported as new, and skips fail a run only if it is strict', {
  timeout: 300_000,
}, async () => {
  await writeFile(join(root, 'own/programs/later'), '#!/bin/sh\nexit 0\n');
  await chmod(join(root, 'own/programs/later'), 0o755);
  const words = ['run', 'own/later', 'own/skips', '--cases', root, '--kernel', '6.12'];
  const run = await kconform(words, { limitMs: 250_000 });
  expect(run).toMatchObject({ exitCode: 0, all: expect.stringContaining('own/later: new: it is not in the list') });
  const strict = await kconform([...words, '--strict-skips'], { limitMs: 250_000 });
  expect(strict).toMatchObject({ exitCode: 1, all: expect.stringContaining('2 PASS, 1 SKIP') });
});
