import { expect, test } from 'vitest';
import { readAnswers } from '../guest/deterministic/answers.ts';
import { scheduledReports } from './scheduled.ts';

/** @param records of the kernel log, as images/guest/schedule.c sends them */
async function splats(records: string, console: string) {
  const answers = readAnswers(
    Buffer.from(`end 0\nsettled 0 0 0\nended exit 0\nstdout 0\n\nstderr 0\n\nsettled 0 0 0\n${records}end 0\nwhole\n`),
  );
  if (answers === undefined) throw new Error('the answers are not whole');
  return (await scheduledReports(answers, console, undefined)).splats.map(({ kind, at }) => `${kind} ${at}`);
}

const WARNING = 'WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2';

test('a report during the restart counts, one of the boot does not', async () => {
  const record = '|4,1,5000000,-;a record\n';
  expect(await splats(record, `[    1.000000] ${WARNING}\n[    5.000000] a record\n`)).toEqual([]);
  expect(await splats(record, `[    5.000000] a record\n[    5.100000] ${WARNING}\n`)).toEqual(['WARNING 5.1']);
});

test('without a record in the log, a report of the boot does not count either', async () => {
  expect(await splats('', `[    1.000000] ${WARNING}\n`)).toEqual([]);
});
