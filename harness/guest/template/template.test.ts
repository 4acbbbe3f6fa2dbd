import { chmod, open, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitsFor } from '../limits/limits.ts';
import { commandLineFor } from '../qemu/command-line.ts';
import { templateSetting } from './template.test-support.ts';
import { Template } from './template.ts';

const setting = templateSetting();
const limits = limitsFor('tcg');

test('a template is found again, also where its files were only touched; one that was damaged is made again', async () => {
  const made = await Template.obtain(setting.folder, setting.inputs, { limits });
  await utimes(join(made.folder, 'state'), 1, 1);
  const found = await Template.obtain(setting.folder, setting.inputs, { limits });
  expect(found.hostKey).toBe(made.hostKey);

  const state = join(made.folder, 'state');
  await chmod(state, 0o600);
  await truncate(state, 1000);
  const again = await Template.obtain(setting.folder, setting.inputs, { limits });
  expect(again.hostKey).not.toBe(made.hostKey);

  await damageInPlace(join(again.folder, 'memory'));
  const third = await Template.obtain(setting.folder, setting.inputs, { limits });
  expect(third.hostKey).not.toBe(again.hostKey);
});

/** One byte of another value; size and time of modification are as they were. */
async function damageInPlace(path: string): Promise<void> {
  const before = await stat(path);
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 0x100000);
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 0x100000);
  await file.utimes(before.atime, before.mtime);
  await file.close();
  const after = await stat(path);
  expect([after.size, after.mtime]).toEqual([before.size, before.mtime]);
}

test('a panic at boot has blame kernel, with the last lines of the console', async () => {
  const commandLine = commandLineFor('tcg').replace('rdinit=/init', 'rdinit=/nowhere root=/dev/nowhere');
  const broken = { ...setting.inputs, spec: { ...setting.inputs.spec, commandLine } };
  await expect(Template.obtain(setting.folder, broken, { limits })).rejects.toMatchObject({
    code: 'KC_GUEST_PANIC',
    blame: 'kernel',
    message: expect.stringContaining('Kernel panic - not syncing'),
  });
});

test('a kernel that never boots is reported after the limit, with the last lines of the console', async () => {
  const commandLine = commandLineFor('tcg').replace('rdinit=/init', 'rdinit=/nowhere root=/dev/nowhere rootwait');
  const waits = { ...setting.inputs, spec: { ...setting.inputs.spec, commandLine } };
  const made = Template.obtain(setting.folder, waits, { limits: { ...limits, bootMs: 10_000 } });
  const error = await made.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'KC_GUEST_HANG',
    blame: 'kernel',
    message: expect.stringContaining('within 10 s'),
  });
  expect(error).toMatchObject({ evidence: { console: expect.arrayContaining([expect.stringMatching(/\S/)]) } });
});
