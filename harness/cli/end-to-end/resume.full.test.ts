/** Runs that go on where they were cut: as if nothing had cut them, and no verdict of a kernel that is another one by now. */
import { appendFile, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { readResults } from '../../run/results/results-file.ts';
import { kconform, startKconform } from './command-line.test-support.ts';
import { PASSES, type TemporaryCase, temporaryCases } from './temporary-cases.test-support.ts';

/** A dozen, of every verdict that a case can earn by itself, with observations that differ between kernels. */
const CASES: Record<string, TemporaryCase> = {
  ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, PASSES])),
  release: {
    scenario: 'return { release: (await guest.$`uname -r`).stdout, mount: await guest.mountOptions("/proc") };',
    outcome: "{ release: '6.12.57+deb12-cloud-amd64', mount: 'rw,relatime' }",
  },
  later: {
    scenario:
      "await guest.$`sleep 1`; return { later: (await guest.$`cat /proc/sys/kernel/osrelease`).stdout > '6.12.5' };",
    outcome: '{ later: true }',
  },
  panic: { scenario: 'await guest.$.nothrow`echo c > /proc/sysrq-trigger`; return { a: 1 };', outcome: '{ a: 1 }' },
  throws: { scenario: "throw new Error('a typo');", outcome: '{}' },
  told: {
    scenario: `const { readFileSync } = await import('node:fs');
      return { told: readFileSync(process.env.KCONFORM_TEST_FILE ?? '/dev/null', 'utf8') };`,
    outcome: "{ told: '' }",
  },
  wrong: { scenario: 'return { answer: 42 };', outcome: '{ answer: 43 }' },
};
const KERNELS = ['6.12.43', '6.12.57', '6.12'].flatMap((spec) => ['--kernel', spec]);

let cases: string;
beforeAll(async () => {
  cases = await temporaryCases(CASES);
});
afterAll(() => rm(cases, { recursive: true }));

/** All that a run says of the kernels, in an order of its own; times and places are its own too. */
async function told(out: string) {
  const { results, run } = await readResults(out);
  const lines = results.map(({ kernel, case: name, verdict, blame, observations, oracles }) =>
    JSON.stringify([
      kernel,
      name,
      verdict,
      blame,
      observations,
      oracles.splats.map(({ kind }) => kind),
      oracles.taints,
    ]),
  );
  return { lines: lines.sort(), state: run.state, planned: run.planned };
}

test('killed at random moments and resumed each time, it says what one that ran undisturbed says', async () => {
  const whole = join(cases, 'whole');
  const words = ['run', '--cases', cases, ...KERNELS];
  await kconform([...words, '--out', whole], { limitMs: 300_000 });
  const undisturbed = await told(whole);
  expect(undisturbed.lines).toHaveLength(3 * (Object.keys(CASES).length + 1));

  const out = join(cases, 'cut');
  const resultsNow = async () => (await readResults(out).catch(() => undefined))?.results.length ?? 0;
  const kept = [0];
  const moments: string[] = [];
  for (let round = 0; round < 6; round++) {
    const { child, ended } = startKconform([...words, '--resume', out], { limitMs: 300_000 });
    const wanted = (kept.at(-1) ?? 0) + (round === 0 ? 0 : 1 + Math.floor(Math.random() * 4));
    while ((await resultsNow()) < wanted && child.exitCode === null) await sleep(20);
    const afterMs = Math.round(Math.random() * 700);
    await sleep(afterMs);
    child.kill('SIGKILL');
    await ended;
    kept.push(await resultsNow());
    moments.push(`${afterMs} ms after ${wanted} results`);
  }
  const about = `killed ${moments.join(', ')}; kept ${kept.join(', ')}`;
  expect(
    [...kept].sort((a, b) => a - b),
    about,
  ).toEqual(kept);
  expect(kept.at(-1), about).toBeGreaterThan(0);
  expect(kept.at(-1), about).toBeLessThan(undisturbed.lines.length);
  await kconform([...words, '--resume', out], { limitMs: 300_000 });
  expect(await told(out), about).toEqual(undisturbed);
}, 900_000);

test('a file that is another kernel by now is judged again, and one that is the same is not', async () => {
  const file = join(cases, 'vmlinux');
  const says = join(cases, 'says');
  const out = join(cases, 'rebuilt');
  const run = async (words: readonly string[]) => {
    const { all } = await kconform(['run', '--cases', cases, ...words], { env: { KCONFORM_TEST_FILE: says } });
    const { results, run: about } = await readResults(out);
    const ofCases = results.filter((result) => result.case !== '(boot)');
    const value = ofCases.map(({ kernel, observations: [one] }) => `${one?.observed} on ${kernel.version}`);
    return { all, value, planned: about.planned?.kernels.map(({ version }) => version) };
  };
  const [older, newer] = await Promise.all(['6.12.43', '6.12.57'].map((spec) => resolveKernel(spec)));
  await copyFile(older?.vmlinux ?? '', file);
  await writeFile(says, 'first');
  const kernel = ['--kernel', file];
  const first = await run(['told', ...kernel, '--out', out]);
  expect(first.value).toEqual([`'first' on ${older?.version}`]);

  await writeFile(says, 'second');
  for (const words of [
    ['--resume', out],
    ['told', ...kernel, '--resume', out],
  ]) {
    const same = await run(words);
    expect(same.all).not.toContain('booting');
    expect(same.value).toEqual(first.value);
  }

  await appendFile(file, 'as if built again'); // of the same release
  const again = await run(['--resume', out]);
  expect(again.all).toContain(`${file} is now another kernel: its cases are judged again (2)`);
  expect(again.value).toEqual([`'second' on ${older?.version}`]);

  await writeFile(says, 'third');
  await copyFile(newer?.vmlinux ?? '', file); // of another release
  const another = await run(['told', ...kernel, '--resume', out]);
  expect(another.value).toEqual([`'third' on ${newer?.version}`]);
  expect(another.planned).toEqual([newer?.version]);

  await writeFile(says, 'fourth');
  await copyFile(older?.vmlinux ?? '', file);
  expect(await run(['--resume', out])).toMatchObject({
    value: [`'fourth' on ${older?.version}`],
    planned: [older?.version],
  });

  await rm(file); // nothing says that it was another one
  expect((await run(['--resume', out])).value).toEqual([`'fourth' on ${older?.version}`]);
}, 300_000);

test('a case that was edited is judged again, and one that was not is not', async () => {
  const says = join(cases, 'says');
  const out = join(cases, 'edited');
  const resume = async (words: readonly string[], value: string) => {
    await writeFile(says, value);
    const { all } = await kconform(['run', '--cases', cases, ...words], { env: { KCONFORM_TEST_FILE: says } });
    const { results } = await readResults(out);
    return { all, told: results.find(({ case: name }) => name === 'told')?.observations[0]?.observed };
  };
  expect(await resume(['told', 'a', '--kernel', '6.12', '--out', out], 'first')).toMatchObject({ told: "'first'" });
  expect(await resume(['--resume', out], 'second')).toMatchObject({ told: "'first'" });
  await appendFile(join(cases, 'told/expect.ts'), '// another line\n');
  const again = await resume(['--resume', out], 'third');
  expect(again.all).toContain('told was edited, or is on another machine: it is judged again');
  expect(again.all).not.toContain('a was edited');
  expect(again.told).toBe("'third'");
}, 120_000);

test('with another --out, the folder that is resumed stays as it is', async () => {
  const [first, second] = [join(cases, 'left-as-it-is'), join(cases, 'goes-on')];
  const run = (...words: string[]) => kconform(['run', '--cases', cases, ...words]);
  await run('a', '--kernel', '6.12', '--out', first);
  const before = await readFile(join(first, 'results.json'), 'utf8');
  const resumed = await run('--resume', first, '--out', second);
  expect(resumed.all).toContain(`${first} has 2 results, which are kept`);
  expect(resumed.all).toContain(`the results go on in ${second}`);
  expect(resumed.exitCode).toBe(0);
  expect(await readFile(join(first, 'results.json'), 'utf8')).toBe(before);
  const [old, copied] = await Promise.all([readResults(first), readResults(second)]);
  expect(copied.results).toEqual(old.results);

  const again = await run('a', '--kernel', '6.12', '--out', second);
  expect(again.all).toMatch(new RegExp(`^replacing the earlier run in ${second} \\(.*, 2 results\\)$`, 'm'));
}, 120_000);
