/** Runs against a baseline, on a real kernel: what fails once and not again is neither a pass nor a regression. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

let cases: string;

/** Shows what the host's file says, and takes its first line away: each guest sees the next. */
const NEXT_LINE = `const { readFileSync, writeFileSync } = await import('node:fs');
    const [line, ...others] = readFileSync(process.env.KCONFORM_TEST_LINES ?? '', 'utf8').split('\\n');
    if (others.length > 0) writeFileSync(process.env.KCONFORM_TEST_LINES ?? '', others.join('\\n'));
    return { line: (await guest.$\`echo \${line}\`).stdout };`;

beforeAll(async () => {
  const says = { scenario: NEXT_LINE, outcome: "{ line: 'good' }" };
  cases = await temporaryCases({ steady: PASSES, says });
});
afterAll(() => rm(cases, { recursive: true, force: true }));

const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '' };

async function runWith(lines: readonly string[], out: string, ...extra: readonly string[]) {
  const file = join(cases, 'lines');
  await writeFile(file, lines.join('\n'));
  const words = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', join(cases, out), ...extra];
  const result = await kconform(words, { env: { KCONFORM_TEST_LINES: file, ...GITHUB } });
  const document = JSON.parse(await readFile(join(cases, out, 'results.json'), 'utf8'));
  const own = document.results.find((one: { case: string }) => one.case === 'says');
  return { ...result, own };
}

/** What GitHub takes for commands: nothing between `::stop-commands::TOKEN` and `::TOKEN::`. */
function commandsOf(printed: string): string[] {
  const free = printed.replaceAll(/^::stop-commands::(\S+)\n[\s\S]*?^::\1::$/gm, '');
  return free.split('\n').filter((line) => line.startsWith('::'));
}

test('a baseline, then a flaky case, then a broken one, then one that stays broken', async () => {
  const baseline = await runWith(['good'], 'baseline');
  expect(baseline.exitCode).toBe(0);
  expect(baseline.own.retries).toBeUndefined();

  const flaky = await runWith(['bad', 'good', 'bad'], 'flaky', '--baseline', join(cases, 'baseline'));
  expect(flaky.own).toMatchObject({ verdict: 'FAIL', unstable: true });
  expect(flaky.own.retries).toMatchObject([
    { isolation: 'clone', verdict: 'PASS', observations: [{ observed: "'good'" }] },
    { isolation: 'cold', verdict: 'FAIL', observations: [{ observed: "'bad'" }] },
  ]);
  expect(flaky.all).toContain('repeated: PASS in a fresh clone, FAIL in a cold guest');
  expect(flaky.all).toContain('1 unstable, 2 as before');
  expect(flaky.exitCode).toBe(0);
  const transcript = await readFile(join(cases, 'flaky', flaky.own.kernel.id, 'says/transcript.txt'), 'utf8');
  expect(transcript.match(/== once more \((clone|cold)\)/g)).toHaveLength(2);

  const broken = await runWith(['bad'], 'broken', '--baseline', join(cases, 'baseline'));
  expect(broken.own.retries.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['FAIL', 'FAIL']);
  expect(broken.own.unstable).toBeUndefined();
  expect(broken.all).toContain('1 regression, 2 as before');
  expect(broken.exitCode).toBe(1);
  expect(commandsOf(broken.stdout)).toEqual([
    expect.stringMatching(/^::error title=regression says on 6\.12\.\d+::regression .*PASS → FAIL/),
    '::notice title=kconform against an earlier run::1 regression, 2 as before',
  ]);

  const still = await runWith(['bad'], 'still', '--baseline', join(cases, 'broken'));
  expect(still.all).toContain('1 persistent, 2 as before');
  expect(still.exitCode).toBe(0);
  expect(commandsOf(still.stdout)).toEqual([
    '::notice title=kconform against an earlier run::1 persistent, 2 as before',
  ]);

  const compared = await kconform(['compare', join(cases, 'baseline'), join(cases, 'broken')], { env: GITHUB });
  expect(compared.all).toMatch(
    /regression +says on 6\.12\.\d+: PASS → FAIL, then FAIL in a clone, FAIL in a cold guest/,
  );
  expect(compared.exitCode).toBe(1);
  expect(commandsOf(compared.stdout)).toEqual(commandsOf(broken.stdout));
  expect((await kconform(['compare', join(cases, 'baseline'), join(cases, 'nowhere')])).exitCode).toBe(2);
}, 600_000);
