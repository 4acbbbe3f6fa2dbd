import { expect, test } from 'vitest';
import type { RunEvent } from '../../run/events.ts';
import { recordOf, sampleRun } from '../sample-run.ts';
import { hostileRun } from './hostile-run.test-support.ts';
import { kcidb } from './kcidb.ts';
import { kcidbReport } from './kcidb-schema.ts';

const read = async (events?: readonly RunEvent[]) => kcidbReport.parse(JSON.parse(kcidb(await recordOf(events))));

test('each verdict has the status that the database takes it for', async () => {
  const { tests } = await read();
  expect(tests.map(({ path, status, misc }) => `${status} ${misc.verdict} ${path}`)).toEqual([
    'FAIL XFAIL kconform.bpffs.unpin-releases-at-once',
    'PASS PASS kconform.bpffs.mount-owner',
    'FAIL FAIL kconform.bpffs.delegate-options',
    'PASS XPASS kconform.token.delegation-in-userns',
    'SKIP SKIP kconform.bpffs.fsconfig-string-leak',
    'ERROR ERROR kconform.bpffs.hangs',
  ]);
});

test.each(['host', 'harness'] as const)('an ERROR of the %s is MISS: the test said nothing', async (blame) => {
  const events = sampleRun.map(
    (event): RunEvent => (event.type === 'case-finished' ? { ...event, result: { ...event.result, blame } } : event),
  );
  expect((await read(events)).tests.at(-1)).toMatchObject({ status: 'MISS' });
});

test('a declared bug is an issue: present with XFAIL, absent with XPASS', async () => {
  const { issues, incidents, tests } = await read();
  const told = incidents.map(({ issue_id, test_id, present }) => ({
    issue: issues.find(({ id }) => id === issue_id)?.report_subject,
    test: tests.find(({ id }) => id === test_id)?.path,
    present,
  }));
  expect(told).toEqual([
    {
      issue: 'unlink returns before the map is released',
      test: 'kconform.bpffs.unpin-releases-at-once',
      present: true,
    },
    { issue: 'the token is refused', test: 'kconform.token.delegation-in-userns', present: false },
  ]);
});

test.each([
  ['the sample', sampleRun],
  ['what guests say', hostileRun],
])('%s: every id is given once, and each that is named is there', async (_, events) => {
  const { checkouts, builds, tests, issues, incidents } = await read(events);
  for (const objects of [checkouts, builds, tests, issues, incidents]) {
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
  }
  const ids = new Set([...checkouts, ...builds, ...tests, ...issues].map(({ id }) => id));
  const used = [
    ...builds.map(({ checkout_id }) => checkout_id),
    ...tests.map(({ build_id }) => build_id),
    ...incidents.flatMap(({ issue_id, test_id }) => [issue_id, test_id]),
  ];
  expect(used.filter((id) => !ids.has(id))).toEqual([]);
});
