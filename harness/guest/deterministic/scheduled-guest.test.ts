/** How the end of a guest with a schedule is understood; a QEMU that only writes what the test says. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runScheduled } from './scheduled-guest.ts';

const ANSWERS = `end 0
settled 0 0 0
ended exit 0
stdout 3
ok

stderr 0

settled 0 0 0
|4,1,5000000,-;a record
end 0
whole
`;
const BOOT = '[    0.100000] Linux version 6.12.118\n';
const INIT = '[    1.000000] Run /init as init process\n[    5.000000] a record\n';
const RESTART = '[    5.100000] reboot: Restarting system\n';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-fake-'));
  const script = `#!/bin/bash
for word in "$@"; do
  case "$word" in
    file,id=console,*) cp ${home}/console "\${word#*path=}" ;;
    file,id=answers,*) cp ${home}/answers "\${word#*path=}" ;;
  esac
done
`;
  await writeFile(join(home, 'qemu-system-x86_64'), script);
  await chmod(join(home, 'qemu-system-x86_64'), 0o755);
  vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function run(console: string, answers: string) {
  await writeFile(join(home, 'console'), console);
  await writeFile(join(home, 'answers'), answers);
  const initramfs = { path: '/dev/null', size: 0 };
  const spec = {
    accelerator: 'tcg',
    memoryMiB: 256,
    cpus: 2,
    vmlinux: '/dev/null',
    initramfs,
    commandLine: '',
  } as const;
  const command = { command: 'true', input: Buffer.alloc(0) };
  const { signal } = new AbortController();
  return runScheduled(spec, command, { seed: 1, limitMs: 1000 }, { signal });
}

test('whole answers, and a restart behind them', async () => {
  const seen = await run(BOOT + INIT + RESTART, ANSWERS);
  expect(seen).toMatchObject({ failure: undefined, answers: { end: { how: 'exit', number: 0 } } });
  expect(seen.boot).toBe(BOOT + INIT.slice(0, INIT.indexOf('\n') + 1));
  expect(seen.console).toMatch(/^\[ {4}5\.0.*Restarting system\n$/s);
});

test('a kernel that dies after the last answer has died', async () => {
  const dead = '[    5.050000] Kernel panic - not syncing: Fatal exception in interrupt\n';
  const failure = { code: 'KC_GUEST_PANIC', blame: 'kernel' };
  expect(await run(BOOT + INIT + dead, ANSWERS)).toMatchObject({ answers: undefined, failure });
});

test('files that were not unpacked are the fault of the case, even if the command ran', async () => {
  const failed = '[    0.500000] Initramfs unpacking failed: write error\n';
  const failure = { code: 'KC_GUEST_MEMORY', blame: 'case' };
  expect(await run(BOOT + failed + INIT + RESTART, ANSWERS)).toMatchObject({ answers: undefined, failure });
});

test('a scenario that writes of unpacking explains no panic', async () => {
  const said = '[    5.000001] Initramfs unpacking failed: write error\n[    5.100000] Kernel panic - not syncing: x\n';
  expect(await run(BOOT + INIT + said, '')).toMatchObject({ failure: { code: 'KC_GUEST_PANIC', blame: 'kernel' } });
});
