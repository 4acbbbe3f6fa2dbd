/** Ends and silences of a guest that are not the kernel's: the scenario asked for them, or the host made them. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { type TemporaryCase, temporaryCases } from './temporary-cases.test-support.ts';

const IN_GUEST = (command: string): TemporaryCase => ({
  scenario: `await guest.$.nothrow\`${command}\`; return { done: true };`,
  outcome: '{ done: true }',
  limitMs: null,
});

/** The parent of a scenario's process is kconform. A process of the host's, not of kconform's group, stops one for twice as long as the scenario may take. */
const STOPS = (pid: string): TemporaryCase => ({
  scenario: `
    const { readdirSync, readFileSync } = await import('node:fs');
    const isQemu = (pid) => {
      try { return new RegExp('\\\\(qemu-system.*\\\\) . ' + process.ppid + ' ').test(readFileSync('/proc/' + pid + '/stat', 'utf8')); }
      catch { return false; } // ended meanwhile
    };
    const qemu = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).find(isQemu);
    const { spawn } = await import('node:child_process');
    const script = 'kill -STOP $0; sleep 4; kill -CONT $0';
    spawn('sh', ['-c', script, String(${pid})], { detached: true, stdio: 'ignore' }).unref();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { answer: (await guest.$\`sleep 0.5; echo 42\`).stdout, found: qemu !== undefined };`,
  outcome: "{ answer: '42', found: true }",
  limitMs: 500,
});

const CASES: Record<string, TemporaryCase> = {
  reboot: IN_GUEST('reboot -f'),
  poweroff: IN_GUEST('poweroff -f'),
  halt: IN_GUEST('halt -f'),
  'sysrq-o': IN_GUEST('echo o > /proc/sysrq-trigger; sleep 3'),
  'kill-server': IN_GUEST('killall -9 dropbear; sleep 3'),
  'panic-text': IN_GUEST("echo 'Kernel panic - not syncing: says the scenario' >/dev/console"),
  'restart-text': IN_GUEST("echo '<0>reboot: Restarting system' >/dev/kmsg; sleep 0.5"),
  'qemu-stopped': STOPS('qemu'),
  'kconform-stopped': STOPS('process.ppid'),
};

interface Result {
  readonly case: string;
  readonly verdict: string;
  readonly blame?: string;
  readonly reason?: string;
}

let cases: string;
let exitCode: number | undefined;
let leftovers: readonly string[];
let results: readonly Result[];
beforeAll(async () => {
  cases = await temporaryCases(CASES);
  const args = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', join(cases, 'out')];
  ({ exitCode, leftovers } = await kconform(args, { limitMs: 300_000 }));
  results = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8')).results;
}, 310_000);
afterAll(() => rm(cases, { recursive: true, force: true }));

test.each([
  ['reboot', 'the scenario ended its guest: reboot: Restarting system'],
  ['poweroff', 'the scenario ended its guest: reboot: Power down'],
  ['halt', 'the scenario ended its guest: reboot: System halted'],
  ['sysrq-o', expect.stringMatching(/^the scenario ended its guest: (sysrq: Power Off|reboot: Power down)$/)],
])('%s: the case is to blame', (name, reason) => {
  expect(results.find((one) => one.case === name)).toMatchObject({ verdict: 'ERROR', blame: 'case', reason });
});

test('a scenario that kills the SSH server is to blame, as init still answers', () => {
  const reason = expect.stringMatching(/^the scenario ended or stopped what kconform runs in the guest: /);
  const result = results.find((one) => one.case === 'kill-server');
  expect(result).toMatchObject({ verdict: 'ERROR', blame: 'case', reason });
});

test.each(['panic-text', 'restart-text'])('%s that user space wrote ends no guest', (name) => {
  expect(results.find((one) => one.case === name)).toMatchObject({ verdict: 'PASS' });
});

test.each(['qemu-stopped', 'kconform-stopped'])('%s for longer than the scenario may take: it has its time', (name) => {
  expect(results.find((one) => one.case === name)).toMatchObject({ verdict: 'PASS' });
});

test('nothing of them is a word about the kernel, and nothing is left', () => {
  expect(exitCode).toBe(2);
  expect(leftovers).toEqual([]);
});
