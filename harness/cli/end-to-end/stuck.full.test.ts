/** A system call that hangs in the kernel for good: the kernel's fault, with the place where it stands, and nobody waits for it. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { type TemporaryCase, temporaryCases } from './temporary-cases.test-support.ts';

// The first version of the cgroup freezer leaves what it has frozen asleep, SIGKILL or not, until it is thawed
// (Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst), and every published kernel has it.
const FREEZER = `
  await guest.$\`mount -t cgroup -o freezer freezer /mnt && mkdir /mnt/frozen\`;
  const freeze = async (child) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await guest.writeFile('/mnt/frozen/cgroup.procs', String(child.pid));
    await guest.writeFile('/mnt/frozen/freezer.state', 'FROZEN');
  };
  const sleep = { name: 'poll', args: [null, 0, -1] };
`;
const CASES: Record<string, TemporaryCase> = {
  call: {
    scenario: `${FREEZER}
      const child = await guest.spawn();
      await Promise.all([child.batch([sleep], { limitMs: 1500 }), freeze(child)]);
      return {};`,
    outcome: '{}',
    limitMs: null,
  },
  'call-of-a-thread-of-a-disposed-process': {
    scenario: `${FREEZER}
      await using child = await guest.spawn();
      const threads = [{ calls: [sleep] }, { calls: [{ name: 'pause', args: [] }] }];
      await Promise.all([child.threads(threads, 1500), freeze(child)]);
      return {};`,
    outcome: '{}',
    limitMs: null,
  },
  'no-limit-but-the-scenarios': {
    scenario: `${FREEZER}
      const child = await guest.spawn();
      await Promise.all([child.batch([sleep]), freeze(child)]);
      return {};`,
    outcome: '{}',
    limitMs: 1000,
  },
  'program-of-the-shell': {
    scenario: `${FREEZER}
      const hang = guest.$.nothrow\`sh -c 'echo $$ > /tmp/pid; exec sleep 1000'\`;
      while (!(await guest.exists('/tmp/pid'))) await new Promise((resolve) => setTimeout(resolve, 50));
      await freeze({ pid: Number(await guest.readFile('/tmp/pid')) });
      await hang;
      return {};`,
    outcome: '{}',
    limitMs: 1000,
  },
  'disposed-of-meanwhile': {
    scenario: `${FREEZER}
      await using child = await guest.spawn();
      child.batch([sleep]).catch(() => undefined);
      await freeze(child);
      return {};`,
    outcome: '{}',
    limitMs: null,
  },
};

interface Result {
  readonly case: string;
  readonly verdict: string;
  readonly blame?: string;
  readonly reason?: string;
  readonly durationMs: number;
}

let cases: string;
let output: string;
let exitCode: number | undefined;
let results: readonly Result[];
beforeAll(async () => {
  cases = await temporaryCases(CASES);
  const args = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', join(cases, 'out')];
  const ended = await kconform(args, { limitMs: 300_000 });
  output = ended.all;
  exitCode = ended.exitCode;
  results = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8')).results;
}, 600_000);
afterAll(() => rm(cases, { recursive: true, force: true }));

test.each([
  ['call', 20_000, /^a call in the guest did not return within 1\.5 s; not even SIGKILL ends the process$/],
  [
    'call-of-a-thread-of-a-disposed-process',
    20_000,
    /^a call in the guest did not return within 1\.5 s; not even SIGKILL/,
  ],
  [
    'no-limit-but-the-scenarios',
    20_000,
    /^a call in the guest did not return within [3-5](\.\d)? s; not even SIGKILL ends/,
  ],
  ['program-of-the-shell', 20_000, /^the scenario did not end within 4 s; not even SIGKILL ends sleep \(\d+\)$/],
  ['disposed-of-meanwhile', 40_000, /^a process in the guest did not end within 20 s of SIGKILL$/],
])('%s: FAIL, and the kernel is to blame', (name, limitMs, told) => {
  const result = results.find((one) => one.case === name);
  expect(result).toMatchObject({ verdict: 'FAIL', blame: 'kernel', reason: expect.stringMatching(told) });
  expect(result?.durationMs).toBeLessThan(limitMs);
});

test('the place in the kernel is shown, of each thread', () => {
  expect(output.match(/__refrigerator\+/g)?.length).toBe(5); // a first thread that waits for others was frozen where it waits
  expect(output.match(/^ +\| thread \d+$/gm)?.length).toBe(2);
  expect(output).toContain('[<0>] hrtimer_nanosleep+');
  expect(exitCode).toBe(1);
  expect(output).not.toContain('did not answer'); // the oracles were asked all the same
});
