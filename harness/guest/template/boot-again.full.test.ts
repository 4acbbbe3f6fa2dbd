import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitsFor } from '../limits/limits.ts';
import { failingQemu } from './failing-qemu.test-support.ts';
import { templateSetting } from './template.test-support.ts';
import { Template } from './template.ts';

const setting = templateSetting();
const qemu = failingQemu();

async function boot(cpus: number, broken: number, fault?: Parameters<typeof qemu.break>[1], bootMs?: number) {
  await qemu.break(broken, fault);
  const progress: string[] = [];
  const inputs = { ...setting.inputs, spec: { ...setting.inputs.spec, cpus } };
  const limits = { ...limitsFor('tcg'), ...(bootMs && { bootMs }) };
  const options = { limits, progress: (message: string) => void progress.push(message) };
  const obtain = () => Template.obtain(join(qemu.home, 'templates'), inputs, options);
  const made = await obtain().catch((error: { code: string }) => error.code);
  const starts = await qemu.starts();
  if (typeof made === 'string') return { code: made, starts };
  const { failedBefore } = made.boot();
  const stored = (await obtain()).boot().failedBefore;
  return { code: 'frozen', starts, progress, failedBefore, stored };
}

const FAILED = 'a boot with 2 CPUs under emulation failed \\(Kernel panic - not syncing: .*\\)';

test('two CPUs: a boot that fails is tried once more; the failure is printed, and stays in the record', async () => {
  const why = expect.stringMatching(new RegExp(`^${FAILED}$`));
  expect(await boot(2, 1)).toEqual({
    code: 'frozen',
    starts: 2,
    progress: expect.arrayContaining([expect.stringMatching(new RegExp(`^${FAILED}: booting once more$`))]),
    failedBefore: why,
    stored: why,
  });
});

test('two CPUs: a kernel that fails twice is at fault', async () => {
  expect(await boot(2, 2)).toMatchObject({ code: 'KC_GUEST_PANIC', starts: 2 });
});

test('one CPU: a boot that fails is not tried again', async () => {
  expect(await boot(1, 1)).toMatchObject({ code: 'KC_GUEST_PANIC', starts: 1 });
});

test('one CPU: a guest that hangs at its first login is booted once more', { timeout: 300_000 }, async () => {
  expect(await boot(1, 1, 'no login', 40_000)).toMatchObject({
    code: 'frozen',
    starts: 2,
    failedBefore:
      'a boot with 1 CPU under emulation failed (the guest hangs: no rehearsal of a login within 40 s: no first login)',
  });
});

test('one CPU: a guest that hangs there twice is at fault', { timeout: 300_000 }, async () => {
  expect(await boot(1, 2, 'no login', 40_000)).toMatchObject({ code: 'KC_GUEST_HANG', starts: 2 });
});
