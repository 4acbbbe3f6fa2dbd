import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../run/events.ts';
import { ResultsReporter } from '../../run/results/results.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { compareRuns } from '../../series/compare.ts';
import { recordOf, replay, sampleRun } from '../sample-run.ts';
import { junit } from './junit.ts';
import { ktap } from './ktap.ts';
import { outputsFor } from './outputs.ts';
import { summary } from './summary.ts';

let folder: string;
let printed: string;
let said: string[];
const stdout = {
  write: (text: string) => {
    printed += text;
  },
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-outputs-'));
  printed = '';
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

const inFolder = (name: string) => readFile(join(folder, name), 'utf8');

async function report(words: readonly string[], environment = {}, events: readonly RunEvent[] = sampleRun) {
  const { reporters, takesStdout } = outputsFor(words, stdout, { environment, say: (message) => said.push(message) });
  for (const event of events) for (const reporter of reporters) await reporter.on(event);
  return takesStdout;
}

test('each to its file, whose folder is made; one to standard output', async () => {
  const takesStdout = await report([`junit=${folder}/new/junit.xml`, `jsonl=${folder}/events.jsonl`, 'ktap']);
  expect(takesStdout).toBe(true);
  expect(printed).toBe(ktap(await recordOf()));
  expect(await inFolder('new/junit.xml')).toBe(junit(await recordOf()));
  expect(await readdir(join(folder, 'new'))).toEqual(['junit.xml']);
  expect(said).toEqual([`created the folder ${folder}/new for a report (--report)`]);
  const lines = (await inFolder('events.jsonl')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { schema: 1, ...sampleRun[0] },
    ...JSON.parse(JSON.stringify(sampleRun.slice(1))),
  ]);
});

test('a link to a report stays a link', async () => {
  await writeFile(join(folder, 'target.xml'), 'old');
  await symlink('target.xml', join(folder, 'link.xml'));
  await report([`junit=${folder}/link.xml`]);
  expect(await readlink(join(folder, 'link.xml'))).toBe('target.xml');
  expect(await inFolder('target.xml')).toBe(junit(await recordOf()));
});

test('a pipe is written to, and not replaced by a file', async () => {
  const pipe = join(folder, 'pipe');
  await execa('mkfifo', [pipe]);
  const reading = readFile(pipe, 'utf8');
  await report([`junit=${pipe}`]);
  expect((await stat(pipe)).isFIFO()).toBe(true);
  expect(await reading).toBe(junit(await recordOf()));
});

test('a killed run leaves its events, each a whole line', async () => {
  await report([`jsonl=${folder}/events.jsonl`], {}, sampleRun.slice(0, 7));
  const lines = (await inFolder('events.jsonl')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(sampleRun.slice(0, 7).map(({ type }) => type));
});

test('two on standard output are refused', () => {
  expect(() => outputsFor(['ktap', 'junit'], stdout, { environment: {}, option: '--format' })).toThrow(
    expect.objectContaining({
      code: 'KC_TWO_REPORTS',
      blame: 'host',
      hint: expect.stringContaining('--format FORMAT=FILE'),
    }),
  );
});

test('on GitHub: annotations and a page by default; earlier output of the run is no command', async () => {
  const page = join(folder, 'page.md');
  await writeFile(page, 'what an earlier command said\n');
  expect(await report([], { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: page })).toBe(false);
  expect(await inFolder('page.md')).toBe(`what an earlier command said\n${summary(await recordOf())}\n`);
  const [, token] = /^::stop-commands::(\S{30,})\n/.exec(printed) ?? [];
  const told = printed.split('\n');
  expect(told[1]).toBe(`::${token}::`);
  expect(told[2]).toMatch(/^::error title=FAIL bpffs/);
  expect(printed.match(/^::error /gm)).toHaveLength(3);
});

test.each([
  ['on GitHub', [], { GITHUB_ACTIONS: 'true' }],
  ['where they are asked for', ['github'], {}],
])('%s the annotations of a run that is held against an earlier one are about what changed', async (_, words, env) => {
  const results = (await recordOf()).cases.map(({ result }) => result);
  const { reporters } = outputsFor(words, stdout, {
    environment: env,
    compare: ({ cases }) =>
      compareRuns(
        results,
        cases.map(({ result }) => result),
      ),
  });
  for (const event of sampleRun) for (const reporter of reporters) await reporter.on(event);
  expect(printed.replace(/^::stop-commands.*\n.*\n/, '')).toBe(
    '::notice title=kconform against an earlier run::3 persistent, 3 as before\n',
  );
});

test('elsewhere nothing is said to GitHub', async () => {
  await report([], {});
  expect(printed).toBe('');
});

test('a file that cannot be written is an error of the host that names it', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(report([`junit=${folder}/file/junit.xml`])).rejects.toMatchObject({
    code: 'KC_REPORT_NOT_WRITTEN',
    blame: 'host',
    message: expect.stringContaining('file/junit.xml'),
  });
});

test('what --out has kept makes the same reports as the run itself', async () => {
  await replay(new ResultsReporter(folder));
  const stored = await readStoredRun(folder);
  const live = await recordOf(sampleRun.map((event) => rounded(event)));
  expect(stored).toEqual(JSON.parse(JSON.stringify(live)));
  expect(ktap(stored)).toBe(ktap(live));
});

/** results.json keeps whole milliseconds. */
function rounded(event: RunEvent): RunEvent {
  if (event.type !== 'case-finished') return event;
  return { ...event, result: { ...event.result, durationMs: Math.round(event.result.durationMs) } };
}
