/** What a scenario reads of the host, with an agent on this machine. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostAgent } from '../scenario/agent/agent.test-support.ts';
import { Transcript } from '../scenario/api/transcript.ts';
import { prepare } from './prepared.ts';
import { loadScenario } from './scenarios.ts';

const host = hostAgent();

/** What a scenario with that body was seen to read, and what it observed. */
async function readsOf(body: string, before = '') {
  const file = join(host.folder, 'scenario.ts');
  await writeFile(
    file,
    `import { race, scenario, syscall } from 'kconform';\n${before}\nexport default scenario(async ({ guest }) => { ${body} });`,
  );
  await using prepared = await prepare(await loadScenario(file));
  const { signal } = new AbortController();
  const observed = await prepared
    .run({ agent: host.client(), transcript: new Transcript(), signal })
    .catch((error: Error) => error.message);
  return { reads: [...prepared.variations()], observed };
}

test.each([
  ['Date.now()', 'the clock'],
  ['new Date().getTime()', 'the clock'],
  ['Date()', 'the clock'],
  ['[1].map(Date.now)[0]', 'the clock'],
  ["globalThis['Date'].now()", 'the clock'],
  ['new (Object.getPrototypeOf(new Date(0)).constructor)().getTime()', 'the clock'],
  ["(0, eval)('Date.now()')", 'the clock'],
  ["new Function('return Date.now()')()", 'the clock'],
  ['new Intl.DateTimeFormat().format()', 'the clock'],
  ['Intl.DateTimeFormat().format()', 'the clock'],
  ['performance.timeOrigin', 'the clock'],
  ['Math.random()', 'random numbers'],
  ['crypto.randomUUID()', 'random numbers'],
  ['process.env.HOME ?? null', 'process.env'],
  ['process.cwd()', 'process.cwd'],
  ["typeof process.getBuiltinModule === 'function'", 'process.getBuiltinModule'],
  ['typeof fetch', 'the network'],
])('%s reads %s', async (expression, what) => {
  expect(await readsOf(`return { value: String(${expression}) };`)).toMatchObject({ reads: [what] });
});

test('a read while the file is loaded, and one before the scenario fails, count too', async () => {
  const { reads, observed } = await readsOf("Math.random(); throw new Error('enough');", 'const at = Date.now();');
  expect(reads).toEqual(['the clock', 'random numbers']);
  expect(observed).toContain('enough');
});

test('a date that is given, a duration and a wait read nothing, nor does what kconform itself reads', async () => {
  const { reads, observed } = await readsOf(
    `const from = performance.now();
     await sleep(5);
     await guest.$\`true\`;
     await guest.root.stat('/');
     const day = new Date(0);
     return { day: day.toISOString(), isDate: day instanceof Date, utc: Date.UTC(1970, 0, 2), later: performance.now() - from >= 4, version: process.version };`,
    "import { setTimeout as sleep } from 'node:timers/promises';",
  );
  expect(reads).toEqual([]);
  expect(observed).toEqual({
    day: '1970-01-01T00:00:00.000Z',
    isDate: true,
    utc: 86_400_000,
    later: true,
    version: process.version,
  });
});

test.each([
  ["race({ process: guest.root, calls: [syscall('getpid')] })", ['a race']],
  ["guest.root.threads([{ calls: [syscall('getpid')] }, { calls: [syscall('getpid')] }])", ['a race']],
  ["guest.root.batch([syscall('getpid')])", []],
])('%s: %o', async (call, reads) => {
  expect(await readsOf(`return { isList: Array.isArray(await ${call}) };`)).toMatchObject({ reads });
});
