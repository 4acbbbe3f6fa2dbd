import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programsSuite } from './programs.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-programs-'));
  await mkdir(join(folder, 'net'));
  for (const [name, mode] of Object.entries({
    one: 0o755,
    'net/two.sh': 0o700,
    data: 0o644,
    helper: 0o755,
    'libx.so.1': 0o755,
  })) {
    await writeFile(join(folder, name), '#!/bin/sh\n');
    await chmod(join(folder, name), mode);
  }
  await symlink('nowhere', join(folder, 'dangling'));
});
afterAll(() => rm(folder, { recursive: true }));

it('makes a test of each executable, which starts in its own folder', async () => {
  const built = await programsSuite(
    { kind: 'programs', about: 'tests', folder, helpers: ['helper'] },
    folder,
    '/opt/own',
  );
  expect(built.machine).toEqual({ files: [`${folder}:/opt/own`] });
  expect(built.tests).toEqual([
    { name: 'net/two.sh', workdir: '/opt/own/net', command: ['./two.sh'] },
    { name: 'one', workdir: '/opt/own', command: ['./one'] },
  ]);
});

it('refuses a folder without a test', async () => {
  const fields = { kind: 'programs', about: 'tests', folder, helpers: ['one', 'net', 'helper'] } as const;
  await expect(programsSuite(fields, folder, '/opt/own')).rejects.toMatchObject({ code: 'KC_SUITE' });
});

it('refuses a folder that is not there', async () => {
  const missing = join(folder, 'missing');
  const fields = { kind: 'programs', about: 'tests', folder: missing } as const;
  await expect(programsSuite(fields, missing, '/opt/own')).rejects.toThrow(
    `cannot read the folder of programs ${missing}: ENOENT`,
  );
});
