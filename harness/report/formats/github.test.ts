/** What GitHub's runner makes of the lines: its rules are those of src/Runner.Common/ActionCommand.cs. */
import { expect, test } from 'vitest';
import type { RunEvent } from '../../run/events.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { githubAnnotations } from './github.ts';
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

/** The run with its failing case as often as that. */
function failing(times: number): RunEvent[] {
  return sampleRun.flatMap((event): RunEvent[] => {
    if (event.type !== 'case-finished') return [event];
    return event.result.verdict === 'FAIL' ? Array.from({ length: times }, () => event) : [];
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
  expect(page).toContain(`${2000 - shown} more are not shown here`);
});

test('nothing that guests say opens or ends an element of a summary', async () => {
  const page = summary(await recordOf(hostileRun));
  const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name));
  expect([...tags].sort()).toEqual(['b', 'code', 'details', 'p', 'pre', 'summary', 'table', 'td', 'th', 'tr']);
  const wrong = hostileRun.filter(
    (event) => event.type === 'case-finished' && ['FAIL', 'XPASS', 'ERROR'].includes(event.result.verdict),
  );
  expect(page.match(/<\/pre>/g)).toHaveLength(wrong.length);
  // Markdown is read again after an empty line, unless it is inside a <pre>.
  const outside = page.replace(/<pre>[\s\S]*?<\/pre>/g, '');
  expect(outside).not.toMatch(/^\s*(#(?!# kconform)|\||>|-|\d+\.|```)/m);
});
