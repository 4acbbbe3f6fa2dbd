/** A guest of the published kernel is stopped and looked into; its debug information is 320 MB to download, once. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform } from '../end-to-end/command-line.test-support.ts';
import { attach, hasGdb, held, LIMIT_MS } from './debug.test-support.ts';

const withGdb = hasGdb ? test : test.skip;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-debug-'));
  await writeFile(join(folder, 'crash.sh'), 'echo c > /proc/sysrq-trigger\n');
  await writeFile(join(folder, 'fine.sh'), 'mkdir /tmp/x\nsleep 1\n');
});
afterAll(() => rm(folder, { recursive: true }));

const repro = (name: string, ...words: string[]) => ['repro', join(folder, name), '--kernel', '6.12.118', ...words];
const run = (words: readonly string[]) => kconform(words, { limitMs: LIMIT_MS });

withGdb(
  'the printed command attaches gdb to a published kernel that is stopped at a panic: a symbolised backtrace of each vCPU',
  async () => {
    const guest = held(repro('crash.sh', '--stop-at', 'panic', '--limit', '2', '--cpus', '2'));
    const backtrace = await attach(await guest.command(), 'thread apply all bt', 'disconnect');
    expect(backtrace).toMatch(/#0 +panic \(fmt=.*"sysrq triggered crash\\n"\) at kernel\/panic\.c:\d+/);
    expect(backtrace).toMatch(/in sysrq_handle_crash \(key=.*\) at drivers\/tty\/sysrq\.c:\d+/);
    for (const vcpu of [0, 1])
      expect(backtrace).toMatch(
        new RegExp(`^Thread \\d .*CPU#${vcpu} .*\\n#0 .*\\n(#.*\\n)*#\\d+ .* at [a-z/_]+\\.[chS]:\\d+`, 'm'),
      );
    await new Promise((resolve) => setTimeout(resolve, 5_000)); // longer than the limit of the scenario
    guest.press();
    const { exitCode, stdout, stderr } = await guest.ended;
    const [, where = ''] = /^stopped at (panic \(CPU [01]\))$/m.exec(stderr) ?? [];
    expect(stdout).toContain(`undetermined: stopped at ${where}: a run that a debugger stopped gives no verdict`);
    expect(exitCode).toBe(2);
  },
  LIMIT_MS,
);

withGdb(
  'a splat: the dump and the backtraces of all vCPUs and tasks come without a key',
  async () => {
    const dump = join(folder, 'core');
    const { stdout, exitCode } = await run(repro('crash.sh', '--stop-at', 'splat', '--backtraces', '--dump', dump));
    expect(stdout).toMatch(
      /--- vCPUs ---[\s\S]*#\d+ .*sysrq_handle_crash .* at drivers\/tty\/sysrq\.c:\d+[\s\S]*--- tasks ---/,
    );
    expect(stdout).toMatch(/Task 1 \(init\), state 0x1:\n#0 [\s\S]*?do_sys_poll .* at fs\/select\.c:\d+/);
    expect(stdout).toMatch(/Task \d+ \(sh\), on a CPU:/);
    expect((await readFile(dump)).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect((await stat(dump)).mode & 0o077).toBe(0);
    expect(exitCode).toBe(2);
  },
  LIMIT_MS,
);

withGdb(
  'a guest that panicked stays inspectable with --keep, and its verdict is the same',
  async () => {
    const guest = held(repro('crash.sh', '--keep', '--symbols'));
    const backtrace = await attach(await guest.command(), 'bt 12', 'disconnect');
    expect(backtrace).toMatch(/in panic \(/);
    guest.press();
    const { exitCode, stdout } = await guest.ended;
    expect(stdout).toContain('the kernel misbehaved: Kernel panic - not syncing: sysrq triggered crash');
    expect(exitCode).toBe(1);
  },
  LIMIT_MS,
);

test(
  'a function that is not reached changes nothing of the verdict; an unknown one is refused by name',
  async () => {
    const fine = await run(repro('fine.sh', '--stop-at', 'panic'));
    expect(fine.stderr).toContain('the guest was not stopped: panic was not reached');
    expect(fine.stdout).toContain('nothing suspicious');
    expect(fine.exitCode).toBe(0);
    const unknown = await run(repro('fine.sh', '--stop-at', 'no_such_function_at_all'));
    expect(unknown.stderr).toContain('6.12.118+deb13-cloud-amd64 has no function no_such_function_at_all');
    expect(unknown.exitCode).toBe(2);
  },
  LIMIT_MS,
);

test(
  'run stops a case at its end and judges nothing; two cases are refused',
  async () => {
    const one = await run(['run', 'bpffs/mount-owner', '--kernel', '6.12.118', '--stop-at', 'end']);
    expect(one.stderr).toContain('stopped at the end of the scenario');
    expect(one.stdout).toContain('bpffs/mount-owner is not judged');
    expect(one.stdout).not.toMatch(/PASS|FAIL/);
    expect(one.exitCode).toBe(2);
    const two = await run(['run', 'bpffs', '--kernel', '6.12.118', '--gdb']);
    expect(two.stderr).toContain('look into one guest');
    expect(two.exitCode).toBe(2);
  },
  LIMIT_MS,
);

test(
  'a warning and an oops that is no panic stop a published kernel, also without debug information',
  async () => {
    const stopped = (name: string) => run(['run', name, '--kernel', '6.12.43', '--stop-at', 'splat']);
    const warning = await stopped('overlay/mount-from-other-namespace');
    expect(warning.stderr).toMatch(/^stopped at __warn \(CPU 0\)$/m);
    expect(warning.exitCode).toBe(2);
    const oops = await stopped('memory/pagemap-scan-without-vector');
    expect(oops.stderr).toMatch(/^stopped at oops_enter \(CPU 0\)$/m);
    expect(oops.exitCode).toBe(2);
  },
  LIMIT_MS,
);
