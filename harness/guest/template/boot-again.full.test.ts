/** A boot with several CPUs under emulation that failed once; the real QEMU, whose first guest gets a parameter that it does not survive. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limitsFor } from '../limits/limits.ts';
import { templateSetting } from './template.test-support.ts';
import { Template } from './template.ts';

const setting = templateSetting();
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-again-'));
  const real = (await execa('sh', ['-c', 'command -v qemu-system-x86_64'])).stdout;
  const fake = join(home, 'qemu-system-x86_64');
  // A line per start; as many of them as the file "broken" says get a kernel without an init.
  const script = `#!/bin/bash
echo start >>${home}/starts
args=("$@")
if [ $(wc -l <${home}/starts) -le $(cat ${home}/broken) ]; then args=("\${args[@]/console=/initcall_blacklist=populate_rootfs console=}"); fi
exec ${real} "\${args[@]}"
`;
  await writeFile(fake, script);
  await chmod(fake, 0o755);
  vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function boot(cpus: number, broken: number) {
  await writeFile(join(home, 'broken'), String(broken));
  const progress: string[] = [];
  const inputs = { ...setting.inputs, spec: { ...setting.inputs.spec, cpus } };
  const options = { limits: limitsFor('tcg'), progress: (message: string) => void progress.push(message) };
  const code = await Template.obtain(join(home, 'templates'), inputs, options).then(
    () => 'frozen',
    (error: { code: string }) => error.code,
  );
  const starts = (await readFile(join(home, 'starts'), 'utf8')).split('\n').length - 1;
  return { code, starts, progress };
}

test('two CPUs: a boot that fails is tried once more, and the failure is printed', async () => {
  expect(await boot(2, 1)).toEqual({
    code: 'frozen',
    starts: 2,
    progress: expect.arrayContaining([
      expect.stringMatching(
        /^a boot with 2 CPUs under emulation failed \(Kernel panic - not syncing: .*\): booting once more$/,
      ),
    ]),
  });
});

test('two CPUs: a kernel that fails twice is at fault', async () => {
  expect(await boot(2, 2)).toMatchObject({ code: 'KC_GUEST_PANIC', starts: 2 });
});

test('one CPU: a boot that fails is not tried again', async () => {
  expect(await boot(1, 1)).toMatchObject({ code: 'KC_GUEST_PANIC', starts: 1 });
});
