/** Each fault that an author can make: ERROR, blamed on the case, in words that tell what to fix. */
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
    told: /errno: expected ENOENTT, which is not the name of an errno; observed ENOENT/,
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
    limitMs: 30_000, // 16 MiB take 3 s on a quiet machine
    told: /more than 16 MiB/,
  },
  'binary-output': {
    scenario: "return { bytes: (await guest.$`head -c 8 /bin/busybox; printf '\\\\377'`).stdout };",
    outcome: '{}',
    told: /not text|binary/,
  },
  exits: {
    scenario: 'process.exit(0);',
    outcome: '{}',
    told: /^process\.exit\(0\) was called \(exits\/scenario\.ts:2:\d+\)$/,
  },
  'kills-itself': {
    scenario: 'process.kill(process.pid);',
    outcome: '{}',
    told: /^process\.kill\(process\.pid\) was called/,
  },
  'is-killed': {
    scenario: "(await import('node:child_process')).execSync('kill -SEGV ' + process.pid); return {};",
    outcome: '{}',
    told: /^the process of an author's file ended \(SIGSEGV\)$/,
  },
  'throws-null': { scenario: 'throw null;', outcome: '{}', told: /^thrown: null, which is not an Error$/ },
  loops: {
    scenario: 'for (;;);',
    outcome: '{}',
    told: /^the scenario did not end within \d+ s; the guest still answers$/,
  },
  'loops-blocked': {
    scenario: "(await import('node:child_process')).execSync('sleep 1000'); return {};",
    outcome: '{}',
    told: /^the scenario did not end within \d+ s; the guest still answers$/,
  },
  'expects-exit': {
    scenario: 'return {};',
    outcome: '(process.exit(0), {})',
    told: /^process\.exit\(0\) was called \(expects-exit\/expect\.ts:2:\d+\)$/,
  },
};
/** Cases that do to their process what reaches no other case and nothing of the run. */
const HARMLESS: Record<string, TemporaryCase> = {
  'changes-globals': {
    scenario: 'const all = Object(globalThis); all.count = (all.count ?? 0) + 1; return { count: all.count };',
    outcome: '{ count: 1 }',
  },
  'changes-globals-too': {
    scenario: 'const all = Object(globalThis); all.count = (all.count ?? 0) + 1; return { count: all.count };',
    outcome: '{ count: 1 }',
  },
  'changes-prototype': {
    scenario: 'Array.prototype.every = () => false; return { done: true };',
    outcome: '{ done: true }',
  },
  'changes-folder': { scenario: "process.chdir('/tmp'); return { done: true };", outcome: '{ done: true }' },
  'empties-environment': {
    scenario: 'for (const name in process.env) delete process.env[name]; return { done: true };',
    outcome: '{ done: true }',
  },
  'throws-afterwards': {
    scenario: "setTimeout(() => { throw new Error('late'); }, 5000); return { done: true };",
    outcome: '{ done: true }',
  },
};
/** What stands at the top level of scenario.ts. */
const TOP_LEVEL: Record<string, { readonly text: string; readonly told: RegExp }> = {
  'top-level-exit': {
    text: 'process.exit(0);',
    told: /^process\.exit\(0\) was called \(top-level-exit\/scenario\.ts:1:9\)$/,
  },
  'top-level-wait': { text: 'await new Promise(() => {});', told: /^its top-level await never completes$/ },
  'top-level-timer': {
    text: 'setInterval(() => {}, 1000); await new Promise(() => {});',
    told: /^no end of the loading of .*top-level-timer\/scenario\.ts within 10 s$/,
  },
  'misspelt-import': {
    text: "import { scenaro } from 'kconform'; scenaro(async () => ({}));",
    told: /^misspelt-import\/scenario\.ts:1:10: ERROR: kconform exports no scenaro$/,
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
let ended: { readonly exitCode: number | undefined; readonly leftovers: readonly string[] };
let results: readonly { case: string; verdict: string; blame?: string; reason?: string }[];
beforeAll(async () => {
  const empty = { scenario: '', outcome: '{}' };
  const others = Object.fromEntries(
    [...Object.keys(OTHERS), ...Object.keys(TOP_LEVEL), 'warns'].map((name) => [name, empty]),
  );
  cases = await temporaryCases({ ...TYPESCRIPT, ...HARMLESS, ...others });
  for (const [name, { file, text }] of Object.entries({ ...OTHERS, warns: { file: 'scenario.c', text: WARNS } })) {
    await unlink(join(cases, name, 'scenario.ts'));
    await writeFile(join(cases, name, file), text);
  }
  for (const [name, { text }] of Object.entries(TOP_LEVEL))
    await writeFile(join(cases, name, 'scenario.ts'), `${text}\nexport default undefined;\n`);
  const args = ['run', '--cases', cases, '--kernel', '6.12', '--jobs', '1', '--out', join(cases, 'out')];
  const run = await kconform(args, { limitMs: LIMIT_MS });
  output = run.all;
  ended = run;
  results = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8')).results;
}, 2 * LIMIT_MS);
afterAll(() => rm(cases, { recursive: true, force: true }));

describe('the case is to blame', () => {
  test.each(Object.entries({ ...TYPESCRIPT, ...OTHERS, ...TOP_LEVEL }))('%s', (name, { told }) => {
    const result = results.find((one) => one.case === name);
    expect(result).toMatchObject({ verdict: 'ERROR', blame: 'case' });
    expect(result?.reason).toMatch(told);
  });
});

test.each(Object.keys(HARMLESS))('%s, and no other case sees it', (name) => {
  expect(results.find((one) => one.case === name)).toMatchObject({ verdict: 'PASS' });
});

test('the run ends in order, with 2, and nothing is left', () => {
  expect(ended).toMatchObject({ exitCode: 2, leftovers: [] });
  expect(output).toMatch(/ in [\d.]+ (s|min)/);
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
  expect(exitCode).toBe(2);
  expect(leftovers).toEqual([]);
});
