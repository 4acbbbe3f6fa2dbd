import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { scenario } from '../../scenario/api/scenario.ts';
import { caseInputs, editBetween, isEditedSince } from './case-inputs.ts';

const CASE = 'cases/group/one';

test.each([
  'images/guest/agent.c',
  'images/guest/below/part.c',
  'images/guest/below/part.h',
  'harness/guest/initramfs/initramfs.ts',
  'harness/scenario/api/guest.ts',
  'cases/group/helper.ts',
  `${CASE}/scenario.ts`,
])('a change of %s makes what is kept of a case worthless', async (file) => {
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  };
  const hash = async () => (await caseInputs(root))({ name: 'group/one', folder: join(root, CASE), machine: {} });
  try {
    await write(`${CASE}/expect.ts`, '');
    await write(file, 'before');
    const before = await hash();
    expect(await hash()).toBe(before);
    await write(file, 'after');
    expect(await hash()).not.toBe(before);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('of a case in TypeScript only what it imports counts', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  const folder = join(root, CASE);
  const hash = async (imports: Record<string, string>) =>
    (await caseInputs(root))({ name: 'group/one', folder, machine: {}, imports });
  const own = { [join(folder, 'scenario.ts')]: 'a' };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'scenario.ts'), '');
    const before = await hash({ ...own, [join(root, 'cases/group/helper.ts')]: 'b' });
    await writeFile(join(root, 'cases/group/another.ts'), 'new');
    expect(await hash({ ...own, [join(root, 'cases/group/helper.ts')]: 'b' })).toBe(before);
    const after = await hash({ ...own, [join(root, 'cases/group/helper.ts')]: 'c' });
    expect(editBetween('group/one', before, after)).toBe('shared');
    await writeFile(join(folder, 'scenario.ts'), 'edited');
    expect(editBetween('group/one', after, await hash({ [join(root, 'cases/group/helper.ts')]: 'c' }))).toBe('own');
  } finally {
    await rm(root, { recursive: true });
  }
});

test('a case is edited if its own files or its imports are edited', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  const folder = join(root, CASE);
  const of = (helper: string) => ({ folder, imports: { [join(root, 'cases/group/helper.ts')]: helper } });
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'scenario.ts'), '');
    const recorded = await (await caseInputs(root))({ name: 'group/one', machine: {}, ...of('a') });
    await mkdir(join(root, 'harness/run'), { recursive: true });
    await writeFile(join(root, 'harness/run/run.ts'), 'of kconform itself');
    expect(await isEditedSince(of('a'), recorded)).toBe(false);
    expect(await isEditedSince({ folder }, recorded)).toBe(false);
    expect(await isEditedSince(of('b'), recorded)).toBe(true);
    await writeFile(join(folder, 'scenario.ts'), 'edited');
    expect(await isEditedSince({ folder }, recorded)).toBe(true);
    expect(await isEditedSince({ folder }, undefined)).toBe(false);
    expect(await isEditedSince({ folder }, 'a hash of an earlier version')).toBe(false);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('a test of a suite is edited if what is said of it is', async () => {
  const one = { name: 'suite/test', folder: '/nowhere/suite/test', machine: {} };
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  try {
    const recorded = await (await caseInputs(root))({ ...one, inputs: 'a'.repeat(64) });
    expect(await isEditedSince({ ...one, inputs: 'a'.repeat(64) }, recorded)).toBe(false);
    expect(await isEditedSince({ ...one, inputs: 'b'.repeat(64) }, recorded)).toBe(true);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('a case in C depends on the kernel headers that it is compiled with', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  const folder = join(root, CASE);
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'scenario.c'), '');
    const headers = join(root, 'cache/kconform/headers');
    const hash = async (version: string) => {
      await mkdir(join(headers, `linux-libc-dev_${version}`), { recursive: true });
      await writeFile(join(headers, 'newest.json'), JSON.stringify({ version, suite: 'sid', lists: 0 }));
      await writeFile(join(headers, 'failed'), 'no network');
      vi.resetModules(); // as in another process
      return (await (await import('./case-inputs.ts')).caseInputs(root))({ name: 'group/one', folder, machine: {} });
    };
    const before = await hash('7.2-1');
    expect(await hash('7.2-1')).toBe(before);
    expect(await hash('7.3-1')).not.toBe(before);
  } finally {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true });
  }
});

test('a case with a program depends on files that it names outside its folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kconform-inputs-'));
  const folder = join(root, CASE);
  const outcome = { exitCode: 0 };
  const expectation = { kind: 'expectation', about: 'x', outcome, program: { command: '../agent' } } as const;
  const loaded = { scenario: scenario(async () => outcome), expectation };
  const hash = async () => (await caseInputs(root))({ name: 'group/one', folder, machine: {}, loaded });
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '../agent'), 'before');
    const before = await hash();
    expect(await hash()).toBe(before);
    await writeFile(join(folder, '../agent'), 'after');
    expect(await hash()).not.toBe(before);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.each([
  ['mount/owner', 'a-b-c', 'a-b-c', 'nothing'],
  ['mount/owner', 'a-b-c', 'a-b-d', 'own'],
  ['mount/owner', 'a-b-c', 'z-b-d', 'own'],
  ['mount/owner', 'a-b-c', 'z-b-c', 'shared'],
  ['mount/owner', 'a-b-c', 'a-z-c', 'shared'],
  ['mount/owner', 'of-an-earlier-version'.replaceAll('-', ''), 'a-b-c', 'shared'],
  ['mount/owner', 'one', 'other', 'shared'],
  ['mount/owner', undefined, 'a-b-c', 'nothing'],
  ['(boot)', 'one', 'other', 'own'],
])('%s with %s, then %s: %s was edited', (name, before, after, edit) => {
  expect(editBetween(name, before, after)).toBe(edit);
});
