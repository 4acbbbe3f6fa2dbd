/** The command line end to end: real kernels, real QEMU, real SSH; each way a run can end. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const KCONFORM = join(REPOSITORY, 'harness/cli/kconform.mjs');

let cases: string;

/** Looks for what another case may have left, then leaves it: whichever comes second would see the first. */
const LOOK_AND_LITTER = `const seen = { marker: (await guest.$.nothrow\`ls /tmp/marker\`).exitCode, mounted: await guest.mountOptions('/mnt'),
      overcommit: (await guest.readFile('/proc/sys/vm/overcommit_memory')).trim() };
    await guest.$\`touch /tmp/marker && mount -t bpf none /mnt && echo 1 > /proc/sys/vm/overcommit_memory\`;
    await guest.$\`mkdir /tmp/ram && mount -t tmpfs -o size=64m none /tmp/ram && dd if=/dev/urandom of=/tmp/ram/fill bs=1M count=40\`;
    return seen;`;
const PRISTINE = "{ marker: 1, mounted: null, overcommit: '0' }";

const SCENARIOS: Record<string, { readonly scenario: string; readonly outcome: string }> = {
  pass: { scenario: 'return { answer: (await guest.$`echo 42`).stdout };', outcome: "{ answer: '42' }" },
  wrong: { scenario: 'return { inner: { answer: 42 } };', outcome: '{ inner: { answer: 43 } }' },
  throws: { scenario: "throw new Error('a typo');", outcome: '{}' },
  endless: { scenario: 'await new Promise(() => setInterval(() => {}, 1000)); return {};', outcome: '{}' },
  nothing: { scenario: 'return {};', outcome: '{}' },
  panic: {
    scenario: 'await guest.$.nothrow`echo c > /proc/sysrq-trigger`; return { reached: true };',
    outcome: '{ reached: true }',
  },
  warning: {
    scenario:
      "await guest.$`echo '<4>WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2' > /dev/kmsg`; return { done: true };",
    outcome: '{ done: true }',
  },
  reboot: {
    scenario: 'await guest.$.nothrow`echo b > /proc/sysrq-trigger`; return { reached: true };',
    outcome: '{ reached: true }',
  },
  killed: {
    scenario: `const { execFileSync } = await import('node:child_process');
      execFileSync('pkill', ['-9', '-P', String(process.pid), 'qemu']);
      await guest.$\`true\`; return { reached: true };`,
    outcome: '{ reached: true }',
  },
  marker: { scenario: LOOK_AND_LITTER, outcome: PRISTINE },
  again: { scenario: LOOK_AND_LITTER, outcome: PRISTINE },
  random: {
    scenario: `const words = await guest.$\`head -c 16 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/uuid; date +%s\`;
      const [bytes, uuid, seconds] = words.stdout.split('\\n');
      (await import('node:fs')).appendFileSync(process.env.KCONFORM_TEST_LOG ?? '/dev/null', bytes + uuid + '\\n');
      return { clockIsRight: Math.abs(Number(seconds) - Date.now() / 1000) < 20 };`,
    outcome: '{ clockIsRight: true }',
  },
};

beforeAll(async () => {
  cases = await mkdtemp(join(tmpdir(), 'kc-cases-'));
  await writeFile(join(cases, 'package.json'), '{ "type": "module" }\n');
  await mkdir(join(cases, 'node_modules'));
  await symlink(REPOSITORY, join(cases, 'node_modules/kconform'));
  for (const [name, { scenario, outcome }] of Object.entries(SCENARIOS)) {
    await mkdir(join(cases, name));
    await writeFile(
      join(cases, name, 'scenario.ts'),
      `import { scenario } from 'kconform';\nexport default scenario(async ({ guest }) => { ${scenario} });\n`,
    );
    await writeFile(
      join(cases, name, 'expect.ts'),
      `import { expectation } from 'kconform';\nexport default expectation({ about: 'a test', commit: 'none', limitMs: 2000, outcome: ${outcome} });\n`,
    );
  }
  await mkdir(join(cases, 'broken'));
  await writeFile(join(cases, 'broken/scenario.ts'), 'export default 42;\n');
  await writeFile(join(cases, 'broken/expect.ts'), 'export default 42;\n');
});

afterAll(() => rm(cases, { recursive: true, force: true }));

function kconform(args: readonly string[], env: Record<string, string> = {}) {
  return execa('node', [KCONFORM, ...args], {
    reject: false,
    all: true,
    env: { NO_COLOR: '1', ...env },
    timeout: 110_000,
  });
}

function runCases(names: readonly string[], extra: readonly string[] = [], env: Record<string, string> = {}) {
  return kconform(['run', ...names, '--cases', cases, '--kernel', '6.12', ...extra], env);
}

/** What the kconform process `pid` left behind: QEMUs, whose arguments name its run folder, and that folder itself. */
async function leftovers(pid: number | undefined): Promise<string> {
  expect(pid).toBeGreaterThan(0);
  const processes = await execa('pgrep', ['-af', `kconform-${pid}/`], { reject: false });
  const parents = [tmpdir(), process.env.XDG_RUNTIME_DIR ?? tmpdir(), '/tmp'];
  const folders = parents.map((parent) => join(parent, `kconform-${pid}`)).filter((folder) => existsSync(folder));
  return [processes.stdout, ...folders].join('');
}

describe('verdicts', () => {
  test('a case whose guest shows what is expected passes, and nothing stays behind', async () => {
    const child = runCases(['pass']);
    const result = await child;
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
    expect(await leftovers(child.pid)).toBe('');
  });

  test('a wrong value fails with its path, both values and the command that runs the case again', async () => {
    const result = await runCases(['wrong']);
    expect(result.exitCode).toBe(1);
    expect(result.all).toContain('inner.answer');
    expect(result.all).toContain('43');
    expect(result.all).toContain('42');
    expect(result.all).toContain(`run it again: npx kconform run wrong --kernel 6.12 --cases ${cases}\n`);
  });

  test.each([
    ['throws', 'a typo'],
    ['broken', 'no default export made by scenario'],
    ['nothing', 'observed nothing'],
    ['endless', 'the guest still answers'],
    ['killed', 'QEMU was killed by SIGKILL'],
  ])('%s is an ERROR, and says nothing of the kernel', async (name, words) => {
    const child = runCases([name]);
    const result = await child;
    expect(await leftovers(child.pid)).toBe('');
    expect(result.all).toMatch(new RegExp(`ERROR +${name}`));
    expect(result.all).toContain(words);
    expect(result.all).not.toMatch(/^\s+at .*\.ts/m);
    expect(result.exitCode).toBe(2);
  });

  test.each([
    ['panic', 'Kernel panic - not syncing'],
    ['reboot', 'rebooted'],
    ['warning', 'WARNING'],
  ])('%s is a FAIL of the kernel', async (name, words) => {
    const child = runCases([name]);
    const result = await child;
    expect(await leftovers(child.pid)).toBe('');
    expect(result.all).toMatch(new RegExp(`FAIL +${name}`));
    expect(result.all).toContain(words);
    expect(result.exitCode).toBe(1);
  });
});

describe('isolation', () => {
  test.each(['clone', 'cold'])('%s: what one case did is invisible to the next', async (isolation) => {
    const result = await runCases(['marker', 'again'], ['--isolation', isolation, '--jobs', '1']);
    expect(result.all).toContain('2 PASS');
    expect(result.exitCode).toBe(0);
  });

  test('clones draw different random bytes and have the right time', async () => {
    const log = join(cases, 'random.log');
    for (let round = 0; round < 3; round++) {
      const result = await runCases(['random'], [], { KCONFORM_TEST_LOG: log });
      expect(result.all).toContain('1 PASS');
    }
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(new Set(lines).size).toBe(3);
  });
});

describe('runs that end early or cannot be made', () => {
  test('an interrupted run leaves valid results of what it judged, and nothing else', async () => {
    const out = join(cases, 'out');
    const child = runCases(['endless', 'pass'], ['--out', out, '--jobs', '1', '--isolation', 'clone']);
    let interrupted = false;
    child.all?.on('data', (text: Buffer) => {
      if (interrupted || !String(text).includes('is up after')) return;
      interrupted = true;
      setTimeout(() => child.kill('SIGINT'), 1_000);
    });
    const result = await child;
    expect(result.exitCode).toBe(130);
    expect(JSON.parse(await readFile(join(out, 'results.json'), 'utf8'))).toMatchObject({ schema: 1 });
    expect(await leftovers(child.pid)).toBe('');
  });

  test.each([
    [['--kernel', '6.12.44'], /no published kernel is "6\.12\.44".*6\.12\.43.*6\.12\.57/],
    [['--kernel', '/etc/passwd'], /is not a kernel/],
    [['--kernel', '/no/such/file'], /cannot read the kernel/],
    [['--cases', '/no/such/folder'], /\/no\/such\/folder is no folder/],
    [['--cases', '/etc/passwd'], /\/etc\/passwd is no folder/],
    [['--cases', join(REPOSITORY, 'ci')], /ci holds no case/],
  ])('%j gets one clear error', async (args, words) => {
    const result = await kconform(['run', ...args]);
    expect(result.all).not.toContain('fault in kconform');
    expect(result.all).toMatch(words);
    expect(result.all).not.toMatch(/^\s+at /m);
    expect(result.exitCode).toBe(2);
  });

  test('a series of which nothing is published gets one clear error', async () => {
    const result = await kconform(['kernels', '6.11']);
    expect(result.all).toMatch(/no published kernel is "6\.11"; the nearest are /);
    expect(result.exitCode).toBe(2);
  });

  test('a case that is not there is named with those that are', async () => {
    const result = await kconform(['run', 'bpffs/mount-owners']);
    expect(result.all).toContain('bpffs/mount-owner');
    expect(result.exitCode).toBe(2);
  });

  test('a machine without QEMU is told what to install', async () => {
    const bin = join(cases, 'bin');
    await mkdir(bin, { recursive: true });
    await symlink(process.execPath, join(bin, 'node')).catch(() => undefined);
    const result = await runCases(['pass'], [], { PATH: bin });
    expect(result.all).toContain('apt-get install qemu-system-x86');
    expect(result.exitCode).toBe(2);
  });
});

test('a results file has the schema that CI relies on', async () => {
  const out = join(cases, 'schema');
  await runCases(['pass', 'wrong'], ['--out', out]);
  const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
  expect(results).toMatchObject({
    schema: 1,
    run: { kconform: expect.any(String), host: { qemu: expect.any(String), cpus: expect.any(Number) } },
    totals: { PASS: 1, FAIL: 1, XFAIL: 0, XPASS: 0, SKIP: 0, ERROR: 0 },
  });
  expect(results.results.map((result: { case: string }) => result.case).sort()).toEqual(['pass', 'wrong']);
});
