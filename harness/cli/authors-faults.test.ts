/** Each fault that an author can make: ERROR, blamed on the case, in words that tell what to mend. */
import { readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { PASSES, type TemporaryCase, temporaryCases } from './temporary-cases.test-support.ts';

const TYPESCRIPT: Record<string, TemporaryCase & { readonly told: RegExp }> = {
  'type-error': {
    scenario: "\n  await guest.mout('/mnt'); return {};",
    outcome: '{}',
    told: /^guest\.mout is not a function \(type-error\/scenario\.ts:3:15\)$/,
  },
  syntax: { scenario: 'return {', outcome: '{}', told: /syntax\/scenario\.ts:2:\d+: ERROR: Expected/ },
  'unknown-errno': {
    scenario: "return { errno: (await guest.root.rmdir('/nowhere')).errno };",
    outcome: "{ errno: 'ENOENTT' }",
    told: /errno: expected ENOENTT, which is the name of no errno; observed ENOENT/,
  },
  'wrong-type': {
    scenario: 'return { big: 5n };',
    outcome: '{}',
    told: /big cannot be an observation: it is the bigint/,
  },
  'returns-function': { scenario: 'return () => 1;', outcome: '{}', told: /outcome cannot be .*it is a function/ },
  'agent-killed': {
    scenario: `const waiting = guest.root.syscall('pause');
      const agent = "sed -n 's/^PPid:[^0-9]*//p' /proc/" + guest.root.pid + '/status';
      await guest.exec('kill -9 $(' + agent + '); sleep 0.5'); await waiting; return {};`,
    outcome: '{}',
    told: /connection to the guest's agent was closed/,
  },
  'not-awaited': {
    scenario: `const waiting = Promise.reject(new Error('too early'));
      await guest.$\`sleep 0.1\`; await waiting; return {};`,
    outcome: '{}',
    told: /^too early \(not-awaited\/scenario\.ts:2:\d+\)$/,
  },
  'large-output': {
    scenario: 'await guest.$`yes kconform | head -c 100000000`; return {};',
    outcome: '{}',
    told: /more than 16 MiB/,
  },
  'binary-output': {
    scenario: "return { bytes: (await guest.$`head -c 8 /bin/busybox; printf '\\\\377'`).stdout };",
    outcome: '{}',
    told: /no text|binary/,
  },
};
const OTHERS: Record<string, { readonly file: string; readonly text: string; readonly told: RegExp }> = {
  'not-compiling': {
    file: 'scenario.c',
    text: 'int main(void) { return x; }\n',
    told: /does not compile: .*\Wx\W undeclared/,
  },
  'unset-variable': { file: 'scenario.sh', text: 'echo "$NOWHERE"\n', told: /line 1: NOWHERE: parameter not set/ },
};

const WARNS = 'int main(void)\n{\n  int unused;\n  return 0;\n}\n';

/** All of them, one after the other, on a machine that does other things too. */
const LIMIT_MS = 300_000;

let cases: string;
let output: string;
let results: readonly { case: string; verdict: string; blame?: string; reason?: string }[];
beforeAll(async () => {
  const empty = { scenario: '', outcome: '{}' };
  const others = Object.fromEntries([...Object.keys(OTHERS), 'warns'].map((name) => [name, empty]));
  cases = await temporaryCases({ ...TYPESCRIPT, ...others });
  for (const [name, { file, text }] of Object.entries({ ...OTHERS, warns: { file: 'scenario.c', text: WARNS } })) {
    await unlink(join(cases, name, 'scenario.ts'));
    await writeFile(join(cases, name, file), text);
  }
  const args = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', join(cases, 'out')];
  output = (await kconform(args, { limitMs: LIMIT_MS })).all;
  results = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8')).results;
}, 2 * LIMIT_MS);
afterAll(() => rm(cases, { recursive: true, force: true }));

describe('the case is to blame', () => {
  test.each(Object.entries({ ...TYPESCRIPT, ...OTHERS }))('%s', (name, { told }) => {
    const result = results.find((one) => one.case === name);
    expect(result).toMatchObject({ verdict: 'ERROR', blame: 'case' });
    expect(result?.reason).toMatch(told);
  });
});

test('what the C compiler warns of is shown, with the name of the case', () => {
  expect(output).toMatch(/^warns: .*In function .main/m);
  expect(output).toMatch(/scenario\.c:3:7: warning: unused variable/);
});

test.each([
  ['rejects', "void Promise.reject(new Error('lost')); await guest.$`true`;"],
  ['throws later', "setTimeout(() => { throw new Error('lost'); }, 1); await guest.$`sleep 0.1`;"],
  ['is asserted', "void (async () => { await guest.$`true`; throw new Error('lost'); })(); await guest.$`sleep 0.1`;"],
])("what %s and is never awaited is its case's fault", async (_, words) => {
  const forgets = { scenario: `${words} return { done: true };`, outcome: '{ done: true }' };
  const folder = await temporaryCases({ forgets, pass: PASSES });
  const { all, exitCode } = await kconform(['run', '--cases', folder, '--kernel', '6.12']);
  await rm(folder, { recursive: true, force: true });
  expect(all).toMatch(
    /ERROR +forgets +.* the scenario does not await what failed: lost \(forgets\/scenario\.ts:2:\d+\)/,
  );
  expect(all).toMatch(/PASS +pass/);
  expect(exitCode).toBe(2);
});

test('a command that nobody awaits when its guest ends takes no other case with it', async () => {
  const folder = await temporaryCases({
    pass: PASSES,
    left: { scenario: 'void guest.$`sleep 100`; return { done: true };', outcome: '{ done: true }' },
    'left-and-wrong': { scenario: 'void guest.$`sleep 100`; return { done: false };', outcome: '{ done: true }' },
    'no-such-method': { scenario: 'await guest.$`exit 1`.nothrow(); return {};', outcome: '{}' },
    panics: {
      scenario: 'void guest.$`sleep 100`; await guest.$`echo c > /proc/sysrq-trigger`; return {};',
      outcome: '{}',
    },
  });
  const run = ['run', '--cases', folder, '--kernel', '6.12', '--jobs', '1'];
  const { all, exitCode, leftovers } = await kconform(run, { limitMs: LIMIT_MS });
  await rm(folder, { recursive: true, force: true });
  expect(all).toMatch(/ERROR +left\b.*the scenario does not await what failed/);
  expect(all).toMatch(/FAIL +left-and-wrong +.*done: expected true, observed false/);
  expect(all).toMatch(/PASS +pass/);
  expect(all).toMatch(/ERROR +no-such-method/);
  expect(all).toMatch(/nothrow is not a function/);
  expect(all).toMatch(/FAIL +panics/);
  expect(all).toContain('the connection dropped during: sleep 100\n  to blame: the case');
  expect(exitCode).toBe(2);
  expect(leftovers).toEqual([]);
});
