import { expect, test } from 'vitest';
import type { LogPart } from '../guest/qemu/control.ts';
import { KernelLog } from './kernel-log.ts';
import { splatsOf } from './watch.ts';

/** A log that was read in these parts. */
async function logOf(...parts: Partial<LogPart>[]): Promise<KernelLog> {
  const rest = [...parts];
  const log = new KernelLog({
    readLog: async () => ({ records: [], lost: false, errno: 0, ...rest.shift() }),
  });
  for (const _ of parts) await log.read();
  return log;
}

const BUG = '1,830,4105203,-;BUG: kernel NULL pointer dereference, address: 0000000000000000';
const FAKE = '[    9.000000] BUG: printed by a program\n';

test('records read as the console shows them', async () => {
  const log = await logOf(
    { records: ['4,1,4105203,-,caller=T71;first', '12,2,123,c;a\\x0ab \\x5c c; d'] },
    { records: ['6,3,61004105203,-;third'] },
  );
  expect(log.text()).toBe(
    '[    4.105203][   T71] first\n[    0.000123] a\n[    0.000123] b \\ c; d\n[61004.105203] third\n',
  );
});

test('a report that only the log has counts: the console level was lowered', async () => {
  expect(splatsOf('', await logOf({ records: [BUG] }))).toEqual([
    expect.objectContaining({ kind: 'BUG', at: 4.105203 }),
  ]);
});

test('a report that both have counts once', async () => {
  const shown = '[    4.105203] BUG: kernel NULL pointer dereference, address: 0000000000000000\n';
  expect(splatsOf(shown, await logOf({ records: [BUG] }))).toHaveLength(1);
  expect(splatsOf(shown, await logOf({ records: [BUG], lost: true }))).toHaveLength(1);
});

test('text of a program on the console is no report where the whole log is known', async () => {
  expect(splatsOf(FAKE, await logOf({ records: [] }))).toEqual([]);
});

test.each([{ lost: true }, { errno: 2 }])('without the whole log (%o), what the console shows counts', async (part) => {
  const log = await logOf(part);
  expect(log.isWhole).toBe(false);
  expect(splatsOf(FAKE, log)).toHaveLength(1);
});
