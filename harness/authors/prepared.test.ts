/** Scenarios in processes of their own, with an agent on this machine. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostAgent } from '../scenario/agent/agent.test-support.ts';
import { Transcript } from '../scenario/api/transcript.ts';
import { AuthorPool } from './pool.ts';
import { type PreparedScenario, prepare } from './prepared.ts';
import { loadScenario } from './scenarios.ts';

const host = hostAgent();
const interruption = new AbortController();

/** The body of a scenario, ready to be run. */
async function scenario(body: string): Promise<PreparedScenario> {
  const file = join(host.folder, 'scenario.ts');
  await writeFile(
    file,
    `import { scenario } from 'kconform';\nexport default scenario(async ({ guest, signal, onNotice }) => { ${body} });`,
  );
  return prepare(await loadScenario(file));
}

function run(prepared: PreparedScenario, transcript = new Transcript(), notices: string[] = []) {
  const onNotice = (text: string) => void notices.push(text);
  return prepared.run({ agent: host.client(), transcript, signal: interruption.signal, onNotice });
}

test('observations, transcript and notices are returned', async () => {
  await using prepared = await scenario(
    "onNotice?.('told'); const { stdout } = await guest.exec('echo a; echo b'); return { text: String(stdout), list: [1, null, { '__proto__': -1 }] };",
  );
  const transcript = new Transcript();
  const notices: string[] = [];
  expect(await run(prepared, transcript, notices)).toEqual({ text: 'a\nb\n', list: [1, null, {}] });
  expect(notices).toEqual(['told']);
  expect(transcript.text()).toMatch(/^process \d+ started\n\$ echo a; echo b\n {2}\| a\n {2}\| b\n {2}exit code 0\n$/);
  expect(await prepared.unawaited()).toBeUndefined();
});

test('what it throws has a place in its file, and what it did before is in the transcript', async () => {
  await using prepared = await scenario("await guest.exec('true');\nthrow new TypeError('wrong');");
  const transcript = new Transcript();
  await expect(run(prepared, transcript)).rejects.toMatchObject({
    code: 'KC_SCENARIO_THREW',
    blame: 'case',
    message: expect.stringMatching(/^wrong \(kconform-agent-\w+\/scenario\.ts:3:7\)$/),
  });
  expect(transcript.text()).toContain('$ true\n  exit code 0\n');
});

test('the code, blame, hint and evidence of an error stay', async () => {
  await using prepared = await scenario('await guest.$`echo why; false`; return {};');
  await expect(run(prepared)).rejects.toMatchObject({
    code: 'KC_SHELL_FAILED',
    blame: 'case',
    hint: expect.stringContaining('nothrow'),
    evidence: { output: 'why' },
  });
});

test('what is no observation is refused', async () => {
  await using prepared = await scenario('return { big: 5n };');
  await expect(run(prepared)).rejects.toMatchObject({ code: 'KC_OBSERVATION', blame: 'case' });
});

test.each([
  ['an endless loop', 'await guest.$`true`; await new Promise((go) => setTimeout(go, 200)); for (;;);', true],
  ['a wait', "await guest.exec('sleep 100'); return {};", false],
])('%s: the transcript is there, and it can be ended', async (_, body, busy) => {
  const prepared = await scenario(body);
  const transcript = new Transcript();
  const running = run(prepared, transcript).catch((error: unknown) => error);
  await expect
    .poll(() => transcript.text(), { timeout: 10_000 })
    .toMatch(/\$ true\n {2}exit code 0|sleep 100 <unfinished>/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await prepared.expireCalls()).toMatchObject({ stuck: undefined, busy });
  await prepared[Symbol.asyncDispose]();
  expect(await running).toMatchObject({ blame: 'host', code: 'KC_AUTHOR_KILLED' });
});

test('an interruption raises its signal', async () => {
  await using prepared = await scenario(
    "await new Promise((go) => signal.addEventListener('abort', go)); return { aborted: signal.aborted };",
  );
  const running = run(prepared);
  await new Promise((resolve) => setTimeout(resolve, 300));
  interruption.abort();
  expect(await running).toEqual({ aborted: true });
});

test('a failure of a call that is not awaited is reported after its end', async () => {
  await using prepared = await scenario(
    "void Promise.reject(new Error('lost')); const kept = Promise.reject(new Error('kept')); kept.catch(() => 1); return {};",
  );
  await run(prepared);
  expect(await prepared.unawaited()).toMatchObject({
    code: 'KC_UNAWAITED',
    message: expect.stringMatching(/^the scenario does not await what failed: lost \(.*scenario\.ts:2:\d+\)$/),
  });
});

test('what a scenario has started on this machine ends with it', async () => {
  const prepared = await scenario(
    "const { spawn } = await import('node:child_process'); return { pid: spawn('sleep', ['1000']).pid ?? 0 };",
  );
  const { pid } = await run(prepared);
  expect(isRunning(Number(pid))).toBe(true);
  await prepared[Symbol.asyncDispose]();
  await expect.poll(() => isRunning(Number(pid))).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); // nobody may wait for it
  } catch {
    return false;
  }
}

test('a pool gives another process each time', async () => {
  await using pool = new AuthorPool(1);
  await using one = await pool.take();
  await using other = await pool.take();
  expect(one).not.toBe(other);
  for (const process of [one, other])
    expect(await process.ask({ type: 'ping' }, 'done', 'answer')).toEqual({ type: 'done' });
});
