/** The command line end to end: real kernels, real QEMU, real SSH; each way a run can end. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kconform, REPOSITORY, startKconform } from '../end-to-end/command-line.test-support.ts';
import { PASSES, type TemporaryCase, temporaryCases } from '../end-to-end/temporary-cases.test-support.ts';

let cases: string;

/** Looks for what another case may have left, then leaves it: whichever comes second would see the first. */
const LOOK_AND_LITTER = `const seen = { marker: (await guest.$.nothrow\`ls /tmp/marker\`).exitCode, mounted: await guest.mountOptions('/mnt'),
      overcommit: (await guest.readFile('/proc/sys/vm/overcommit_memory')).trim() };
    await guest.$\`touch /tmp/marker && mount -t bpf none /mnt && echo 1 > /proc/sys/vm/overcommit_memory\`;
    await guest.$\`mkdir /tmp/ram && mount -t tmpfs -o size=64m none /tmp/ram && dd if=/dev/urandom of=/tmp/ram/fill bs=1M count=40\`;
    return seen;`;
const PRISTINE = "{ marker: 1, mounted: null, overcommit: '0' }";

const SCENARIOS: Record<string, TemporaryCase> = {
  pass: PASSES,
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
    scenario: `const { readdirSync, readFileSync } = await import('node:fs');
      for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
        let stat = '';
        try { stat = readFileSync('/proc/' + pid + '/stat', 'utf8'); } catch {} // ended meanwhile
        if (/ \\(qemu-system.*\\) . (\\d+) /.exec(stat)?.[1] === String(process.ppid)) process.kill(Number(pid), 'SIGKILL');
      }
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
  cases = await temporaryCases(SCENARIOS);
  await mkdir(join(cases, 'broken'));
  await writeFile(join(cases, 'broken/scenario.ts'), 'export default 42;\n');
  await writeFile(join(cases, 'broken/expect.ts'), 'export default 42;\n');
});

afterAll(() => rm(cases, { recursive: true, force: true }));

function runCases(names: readonly string[], extra: readonly string[] = [], env: Record<string, string> = {}) {
  return kconform(['run', ...names, '--cases', cases, '--kernel', '6.12', ...extra], { env });
}

describe('verdicts', () => {
  test('a case whose guest shows what is expected passes, and nothing stays behind', async () => {
    const result = await runCases(['pass']);
    expect(result.all).toMatch(/PASS +pass/);
    expect(result.exitCode).toBe(0);
    expect(result.leftovers).toEqual([]);
  });

  test('one run has kernels whose virtio drivers are modules beside those that have them built in', async () => {
    const result = await runCases(['pass'], ['--kernel', '6.1', '--isolation', 'clone']);
    expect(result.all).toContain('4 PASS');
    expect(result.all).toContain('6.1.0-');
    expect(result.exitCode).toBe(0);
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
    ['throws', 'a typo (throws/scenario.ts:2:54)'],
    ['broken', 'no default export made by expectation'],
    ['nothing', 'observed nothing'],
    ['endless', 'the guest still answers'],
    ['killed', 'QEMU was killed by SIGKILL'],
    ['reboot', 'the scenario ended its guest: sysrq: Resetting'],
  ])('%s is an ERROR, and says nothing of the kernel', async (name, words) => {
    const result = await runCases([name]);
    expect(result.leftovers).toEqual([]);
    expect(result.all).toMatch(new RegExp(`ERROR +${name}`));
    expect(result.all).toContain(words);
    expect(result.all).not.toMatch(/^\s+at .*\.ts/m);
    expect(result.exitCode).toBe(2);
  });

  test.each([
    ['panic', 'Kernel panic - not syncing'],
    ['warning', 'WARNING'],
  ])('%s is a FAIL of the kernel', async (name, words) => {
    const result = await runCases([name]);
    expect(result.leftovers).toEqual([]);
    expect(result.all).toMatch(new RegExp(`FAIL +${name}`));
    expect(result.all).toContain(words);
    expect(result.exitCode).toBe(1);
  });
});

describe('isolation', () => {
  test.each(['clone', 'cold'])('%s: what one case did is invisible to the next', async (isolation) => {
    const result = await runCases(['marker', 'again'], ['--isolation', isolation, '--jobs', '1']);
    expect(result.all).toContain('3 PASS');
    expect(result.exitCode).toBe(0);
  });

  test('clones draw different random bytes and have the right time', async () => {
    const log = join(cases, 'random.log');
    for (let round = 0; round < 3; round++) {
      const result = await runCases(['random'], [], { KCONFORM_TEST_LOG: log });
      expect(result.all).toContain('2 PASS');
    }
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(new Set(lines).size).toBe(3);
  });
});

describe('runs that end early or cannot be made', () => {
  test('an interrupted run leaves valid results of what it judged, and nothing else', async () => {
    const out = join(cases, 'out');
    const { child, ended } = startKconform([
      'run',
      'endless',
      'pass',
      '--cases',
      cases,
      '--out',
      out,
      '--jobs',
      '1',
      '--isolation',
      'clone',
    ]);
    let interrupted = false;
    child.all.on('data', (text: Buffer) => {
      if (interrupted || !String(text).includes('are ready after')) return;
      interrupted = true;
      setTimeout(() => child.kill('SIGINT'), 1_000);
    });
    const result = await ended;
    expect(result.exitCode).toBe(130);
    expect(JSON.parse(await readFile(join(out, 'results.json'), 'utf8'))).toMatchObject({ schema: 2 });
    expect(result.leftovers).toEqual([]);
  });

  test.each([
    [['--kernel', '6.12.44'], /no published kernel is "6\.12\.44".*6\.12\.43.*6\.12\.57/],
    [['--kernel', '/etc/passwd'], /is not a bootable x86-64 kernel/],
    [['--kernel', '/no/such/file'], /cannot read the kernel/],
    [[''], /an empty argument names no case/],
    [['--cases', '/no/such/folder'], /no such folder \/no\/such\/folder/],
    [['--cases', '/etc/passwd'], /\/etc\/passwd is not a folder/],
    [['--cases', join(REPOSITORY, 'docs')], /docs contains no case/],
  ])('%j gets one clear error', async (args, words) => {
    const result = await kconform(['run', ...args]);
    expect(result.all).not.toContain('bug in kconform');
    expect(result.all).toMatch(words);
    expect(result.all).not.toMatch(/^\s+at /m);
    expect(result.exitCode).toBe(2);
  });

  test('a series of which nothing is published gets one clear error', async () => {
    const result = await kconform(['kernels', '6.11']);
    expect(result.all).toMatch(/no published kernel is "6\.11"; the nearest are /);
    expect(result.exitCode).toBe(2);
  });

  test('a misspelt case: the nearest names, no more than three', async () => {
    const result = await kconform(['run', 'bpffs/mount-owners']);
    expect(result.all).toContain('there is no case "bpffs/mount-owners"');
    expect(result.all).toMatch(/did you mean bpffs\/mount-owner\?$/m);
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
    schema: 2,
    run: { kconform: expect.any(String), host: { qemu: expect.any(String), cpus: expect.any(Number) } },
    totals: { PASS: 2, FAIL: 1, XFAIL: 0, XPASS: 0, SKIP: 0, ERROR: 0 },
  });
  expect(results.results.map((result: { case: string }) => result.case).sort()).toEqual(['(boot)', 'pass', 'wrong']);
});
