import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const kconform = (...args: string[]) =>
  execa('node', [fileURLToPath(new URL('../kconform.mjs', import.meta.url)), ...args], { reject: false });

test('no case of ours declares something that nothing observes, or names a behaviour that there is not', async () => {
  const { exitCode, stderr, stdout } = await kconform('cases', '--json');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const { cases } = JSON.parse(stdout);
  expect(cases.length).toBeGreaterThan(5);
  for (const { observations } of cases) expect(observations.length).toBeGreaterThan(0);
});

test('a broken case is reported, with exit code 2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-cases-'));
  try {
    await mkdir(join(folder, 'group', 'slip'), { recursive: true });
    const expected = {
      kind: 'expectation',
      about: 'a',
      commit: 'b',
      outcome: { uid: 0 },
      knownBugs: [{ title: 't', fix: null, fixedIn: [], instead: { udi: 1 } }],
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(
      join(folder, 'group', 'slip', 'scenario.ts'),
      `export default { kind: 'scenario', run: async () => ({ uid: 0 }) };\n`,
    );
    await writeFile(join(folder, 'group', 'slip', 'expect.ts'), `export default ${JSON.stringify(expected)};\n`);
    const { exitCode, stderr, stdout } = await kconform('cases', '--cases', folder);
    const fault = 'expect.ts is not an expectation: the known bug "t" names udi, which nothing observes';
    expect(stderr).toBe(`kconform: group/slip: ${fault}`);
    expect(exitCode).toBe(2);
    expect(stdout).not.toContain('group/slip');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a TODO of kconform new is reported with its line, with exit code 2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-cases-'));
  try {
    await mkdir(join(folder, 'proposed'));
    await writeFile(join(folder, 'proposed/scenario.sh'), 'observe uid 0\n');
    const lines = [
      "about: 'TODO: what the kernel is held to',",
      "commit: 'b',",
      'outcome: {',
      '  // why:',
      "  uid: '0',",
    ];
    const more = ['  // why: read from the options', '  exitCode: 0,', '  signal: null,', "  output: '',", '},'];
    const text = ["import { expectation } from 'kconform';", 'export default expectation({', ...lines, ...more, '});'];
    await writeFile(join(folder, 'proposed/expect.ts'), text.join('\n'));
    const { exitCode, stderr } = await kconform('cases', '--cases', folder);
    expect(stderr.split('\n')).toEqual([
      "kconform: proposed: expect.ts:3: a TODO is still to be written: about: 'TODO: what the kernel is held to',",
      'kconform: proposed: expect.ts:6: a reason (why:) is still to be written: // why:',
    ]);
    expect(exitCode).toBe(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('coverage counts every behaviour of the inventory once', async () => {
  const { stdout } = await kconform('cases', '--coverage', '--json');
  const { behaviours, unseen } = JSON.parse(stdout);
  const looked = behaviours.filter(({ looks }: { looks: unknown[] }) => looks.length > 0);
  expect(looked.length + unseen.length).toBe(behaviours.length);
  expect(behaviours.length).toBeGreaterThan(100);
});
