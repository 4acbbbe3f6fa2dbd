/** What GitHub's runner makes of the lines: its rules are those of src/Runner.Common/ActionCommand.cs. */
import { describe, expect, test } from 'vitest';
import { noReports } from '../../expect/outcome.ts';
import type { RunEvent } from '../../run/events.ts';
import type { Judged } from '../../run/results/results-file.ts';
import { compareRuns } from '../../series/compare.ts';
import { judged, observed } from '../../series/judged.test-support.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { comparisonAnnotations, githubAnnotations } from './github.ts';
import { ATTACKS, hostileRun } from './hostile-run.test-support.ts';
import { summary } from './summary.ts';

/** A line as the runner reads it: a command after any white space, or the older form anywhere in the line. */
function readLine(line: string) {
  const [, name, properties = '', data = ''] = /^\s*::([a-z-]+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  if (name === undefined) return { name: /##\[([a-z-]+)/.exec(line)?.[1], title: '', message: line };
  const title = /(?:^|,)title=([^,]*)/.exec(properties)?.[1] ?? '';
  const decode = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return {
    name,
    title: decode(title).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%'),
    message: decode(data).replaceAll('%25', '%'),
  };
}

const linesOf = async (events: readonly RunEvent[]) =>
  githubAnnotations(await recordOf(events))
    .trimEnd()
    .split('\n')
    .map(readLine);

/** The run with so many failing cases, and no others. */
function failing(times: number): RunEvent[] {
  return sampleRun.flatMap((event): RunEvent[] => {
    if (event.type !== 'case-finished') return [event];
    if (event.result.verdict !== 'FAIL') return [];
    return Array.from({ length: times }, (_, index) => ({
      ...event,
      result: { ...event.result, case: `${event.result.case}-${index}` },
    }));
  });
}

test('an annotation for each that is not as expected, with a message of several lines', async () => {
  const [first, ...others] = await linesOf(sampleRun);
  expect(first?.title).toBe('FAIL bpffs/delegate-options on 6.12.57+deb12-cloud-amd64');
  expect(first?.message.split('\n')).toContain("  negative.errno  'EINVAL'  'EPERM'");
  expect(others.map(({ name, title }) => `${name} ${title}`)).toEqual([
    'error XPASS token/delegation-in-userns on 6.12.57+deb12-cloud-amd64',
    'error ERROR bpffs/hangs on 6.12.57+deb12-cloud-amd64',
    'notice kconform',
  ]);
});

test('GitHub shows ten errors of a step: the tenth says how many are left out', async () => {
  expect((await linesOf(failing(10))).filter(({ name }) => name === 'error')).toHaveLength(10);
  const many = (await linesOf(failing(25))).filter(({ name }) => name === 'error');
  expect(many).toHaveLength(10);
  expect(many.at(-1)?.title).toBe('16 more are not as expected');
});

describe('against an earlier run', () => {
  const linesOf = (before: readonly Judged[], after: readonly Judged[]) =>
    comparisonAnnotations(compareRuns(before, after)).trimEnd().split('\n').map(readLine);
  const pass = (name: string) => judged('6.12.57', name, 'PASS', { observations: [observed('uid', 'PASS', '0')] });
  const fail = (name: string) =>
    judged('6.12.57', name, 'FAIL', { reason: 'uid differs', observations: [observed('uid', 'FAIL', '1', '0')] });
  const error = (name: string) => judged('6.12.57', name, 'ERROR');

  test('what is worse than before is an error, what is unstable a warning, and what was wrong before only counted', () => {
    const { observations, oracles } = pass('flaky');
    const again = { isolation: 'clone', verdict: 'PASS', durationMs: 1, observations, oracles } as const;
    const before = [
      pass('now-fails'),
      pass('now-breaks'),
      pass('flaky'),
      fail('still-fails'),
      fail('fixed'),
      error('broken'),
    ];
    const after = [
      fail('now-fails'),
      error('now-breaks'),
      { ...fail('flaky'), retries: [again] },
      fail('still-fails'),
      pass('fixed'),
      error('broken'),
    ];
    const lines = linesOf(before, after);
    expect(lines.map(({ name, title }) => `${name} ${title}`)).toEqual([
      'error regression now-fails on 6.12.57',
      'error changed now-breaks on 6.12.57',
      'warning unstable flaky on 6.12.57',
      'notice kconform against an earlier run',
    ]);
    expect(lines[0]?.message).toBe('regression  now-fails on 6.12.57: PASS → FAIL  uid differs\nuid: 0 → 1');
    expect(lines.at(-1)?.message).toBe('1 regression, 1 unstable, 1 changed, 1 fixed, 2 persistent, 0 as before');
  });

  test('of many the tenth says how many are left out', () => {
    const names = Array.from({ length: 25 }, (_, place) => `case-${place}`);
    const errors = linesOf(names.map(pass), names.map(fail)).filter(({ name }) => name === 'error');
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)?.title).toBe('16 more are worse than before');
  });

  test('what guests say is no command', () => {
    const now = hostileRun.flatMap((event) => (event.type === 'case-finished' ? [event.result] : []));
    const lines = linesOf(
      now.map((result) => ({ ...result, verdict: 'PASS', observations: [], oracles: noReports })),
      now,
    );
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['error', 'notice']));
    expect(
      lines.filter(
        ({ title }) => !/^(regression|changed) hostile\/case-\d+ on 6\.12\.|^\d+ more|^kconform/.test(title),
      ),
    ).toEqual([]);
  });
});

test('what guests say is no command, and comes through as it was', async () => {
  const lines = await linesOf(hostileRun);
  expect(lines.map(({ name }) => name)).toEqual([...Array(10).fill('error'), 'notice']);
  expect(lines.slice(0, 9).every(({ title }) => /^(FAIL|XPASS|ERROR) hostile\/case-\d+ on 6\.12\.\d/.test(title))).toBe(
    true,
  );
  const percent = ATTACKS.indexOf('%0A::error::forged%0D%25');
  const alone = hostileRun.filter(
    (event) => event.type !== 'case-finished' || event.result.case === `hostile/case-${percent}`,
  );
  expect((await linesOf(alone))[0]?.message).toContain('%0A::error::forged%0D%25');
});

test('a summary stays below what GitHub takes, and says what it left out', async () => {
  const page = summary(await recordOf(failing(2000)));
  expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
  const shown = page.match(/<details>/g)?.length ?? 0;
  expect(page).toContain(`${2000 - shown} more are not shown; results.json has them`);
});

test('nothing that guests say opens or ends an element of a summary', async () => {
  const page = summary(await recordOf(hostileRun));
  const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name));
  expect([...tags].sort()).toEqual(['b', 'code', 'details', 'p', 'pre', 'summary', 'table', 'td', 'th', 'tr']);
  const wrong = hostileRun.filter(
    (event) => event.type === 'case-finished' && ['FAIL', 'XPASS', 'ERROR'].includes(event.result.verdict),
  );
  // One more has what no oracle could look at.
  expect(page.match(/<\/pre>/g)).toHaveLength(wrong.length + 1);
  // Markdown is read again after an empty line, unless it is inside a <pre>.
  const outside = page.replace(/<pre>[\s\S]*?<\/pre>/g, '');
  expect(outside).not.toMatch(/^\s*(#(?!# kconform)|\||>|-|\d+\.|```)/m);
});
