import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { stalledAfterOops } from './stalled.ts';

const OOPS = `[    2.100000] BUG: kernel NULL pointer dereference, address: 0000000000000000
[    2.100000] Oops: 0000 [#1] PREEMPT SMP PTI
[    2.100000] CPU: 0 PID: 71 Comm: x Not tainted 6.12.43 #1
[    2.100000] RIP: 0010:pagemap_scan_pmd_entry+0x1/0x2
[    2.100000] ---[ end trace 0000000000000000 ]---
`;
const WARNING = `[    2.100000] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2
[    2.100000] ---[ end trace 0000000000000000 ]---
`;

/** What comes of a guest whose console and answers are these, within 25 looks; it may stand still for 5. */
async function outcomeOf(console: string, bytes: () => number = () => 1): Promise<string> {
  const ended = new AbortController();
  const watch = stalledAfterOops({ console: () => console, bytes }, 50, ended.signal, 10).catch(
    (error: Error) => error.message,
  );
  const outcome = await Promise.race([watch, sleep(250).then(() => 'goes on')]);
  ended.abort();
  return outcome;
}

test('after an oops a scenario without progress is ended', async () => {
  expect(await outcomeOf(OOPS)).toBe('the scenario made no progress for 0.05 s after it');
});

test('after an oops a scenario that makes system calls or prints goes on', async () => {
  let sent = 0;
  expect(await outcomeOf(OOPS, () => sent++)).toBe('goes on');
});

test.each([
  ['nothing', ''],
  ['a warning', WARNING],
  ['a BUG that kills nothing', '[    1.000000] BUG: Bad page state in process x  pfn:1\n'],
  ['a number that a program printed', 'mounted 3 [#1]\n'],
])('after %s it is not ended', async (_, console) => {
  expect(await outcomeOf(console)).toBe('goes on');
});
