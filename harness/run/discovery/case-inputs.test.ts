import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { caseInputs } from './case-inputs.ts';

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
  const hash = async () => (await caseInputs(root))({ name: 'group/one', folder: join(root, CASE) });
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
