/** Silences that take long to tell apart: a QEMU that never connects or is stopped for good, a kconform that is stopped, a dead agent. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cacheIn, kconform, startKconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

const LIMIT_MS = 240_000;

let cases: string;
let home: string;
beforeAll(async () => {
  cases = await temporaryCases({
    pass: PASSES,
    quick: { scenario: 'return { answer: (await guest.$`sleep 0.2; echo 42`).stdout };', outcome: "{ answer: '42' }" },
    'qemu-stopped': {
      scenario: `
        const { readdirSync, readFileSync } = await import('node:fs');
        const isQemu = (pid) => {
          try { return new RegExp('\\\\(qemu-system.*\\\\) . ' + process.ppid + ' ').test(readFileSync('/proc/' + pid + '/stat', 'utf8')); }
          catch { return false; } // ended meanwhile
        };
        for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).filter(isQemu)) process.kill(Number(pid), 'SIGSTOP');
        return { answer: (await guest.$\`echo 42\`).stdout };`,
      outcome: "{ answer: '42' }",
    },
    'all-killed': { scenario: 'await guest.$`kill -9 -1`; return { done: true };', outcome: '{ done: true }' },
    'all-stopped': { scenario: 'await guest.$`kill -STOP -1`; return { done: true };', outcome: '{ done: true }' },
  });
  expect((await kconform(run('pass'))).exitCode).toBe(0); // the shared cache then has the kernel and its template
});
afterAll(() => rm(cases, { recursive: true, force: true }));
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-silence-'));
  return () => rm(home, { recursive: true, force: true });
});

const run = (...names: string[]) => ['run', ...names, '--cases', cases, '--kernel', '6.12', '--jobs', '1'];

/** Runs with a shell script that is found in place of QEMU. */
async function runWith(script: string) {
  const fake = join(home, 'qemu-system-x86_64');
  const env = { ...(await cacheIn(home, 'kernels', 'templates', 'apt')), PATH: `${home}:${process.env.PATH}` };
  await rm(join(home, 'kconform/qemu.json'));
  await writeFile(fake, `#!/bin/sh\n${script}\n`);
  await chmod(fake, 0o755);
  return kconform(run('pass'), { env, limitMs: LIMIT_MS });
}

test('a QEMU that never connects is an error of the host', async () => {
  const real = (await execa('sh', ['-c', 'command -v qemu-system-x86_64'])).stdout;
  const result = await runWith(`case "$*" in --version) exec ${real} --version;; esac; exec sleep 1000`);
  expect(result.all).toMatch(/QEMU did not start up: no connection within 3\d s/);
  expect(result.all).toMatch(/to blame: the host/);
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
});

test('a QEMU that does not tell its version is an error of the host', async () => {
  const result = await runWith('exec sleep 1000');
  expect(result.all).toMatch(/--version does not print a version: no answer within 15 s/);
  expect(result.exitCode).toBe(2);
});

test('a QEMU that is stopped for good is an error of the host', async () => {
  const result = await kconform(run('qemu-stopped'), { limitMs: LIMIT_MS });
  expect(result.all).toMatch(/ERROR +qemu-stopped/);
  expect(result.all).toMatch(/QEMU has been stopped for \d+ s/);
  expect(result.all).toMatch(/to blame: the host/);
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
});

test.each(['all-stopped', 'all-killed'])('%s: the scenario is to blame for the silence of its guest', async (name) => {
  const result = await kconform(run(name), { limitMs: LIMIT_MS });
  expect(result.all).toMatch(new RegExp(`ERROR +${name}`));
  expect(result.all).toMatch(/the scenario ended or stopped what kconform runs in the guest/);
  expect(result.all).toMatch(/to blame: the case/);
  expect(result.exitCode).toBe(2);
});

test(
  'a kconform that is stopped at any moment for longer than a limit judges as if it had not been',
  async () => {
    for (let round = 0; round < 5; round++) {
      const { child, ended } = startKconform(run('quick', 'pass'), { limitMs: LIMIT_MS });
      await sleep(500 + round * 350);
      child.kill('SIGSTOP');
      await sleep(21_500);
      child.kill('SIGCONT');
      const result = await ended;
      expect(result.all).toContain('3 PASS');
      expect(result.exitCode).toBe(0);
    }
  },
  LIMIT_MS,
);
