/** An io_uring in a guest. */
import { expect, test } from 'vitest';
import { withGuest } from '../api/guest.test-support.ts';
import type { Guest } from '../api/guest.ts';
import * as ioUring from './io-uring.ts';
import { timespec } from './time.ts';

let guest: Guest;
withGuest((one) => {
  guest = one;
});

const nop = (user_data: number) => ioUring.SQE.make({ opcode: ioUring.OP.NOP, user_data });

test('requests complete, also when the ring has been filled several times', async () => {
  await using ring = await ioUring.Ring.open(guest.root, { entries: 2 });
  const seen: bigint[] = [];
  for (let round = 0; round < 5; round++) {
    const { errno, value, cqes } = await ring.submit([nop(2 * round), nop(2 * round + 1)]);
    expect({ errno, value }).toEqual({ errno: null, value: 2 });
    for (const { userData, res } of cqes) if (res === 0) seen.push(userData);
  }
  expect(seen).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
});

test('a refused request has an errno, and those after it are submitted', async () => {
  await using ring = await ioUring.Ring.open(guest.root);
  const unknown = ioUring.SQE.make({ opcode: 255, user_data: 1 });
  const { cqes } = await ring.submit([unknown, nop(2)]);
  expect(cqes.map(({ userData, res }) => [userData, res])).toEqual([
    [1n, -22],
    [2n, 0],
  ]);
});

test('a completion that does not come is waited for as long as asked, and comes with a later submission', async () => {
  await using ring = await ioUring.Ring.open(guest.root);
  const timeout = ioUring.SQE.make({
    opcode: ioUring.OP.TIMEOUT,
    addr: timespec(60_000_000_000n),
    len: 1,
    user_data: 9,
  });
  expect(await ring.submit([timeout], { timeoutMs: 50 })).toMatchObject({ cqes: [] });
  const cancel = ioUring.SQE.make({ opcode: ioUring.OP.ASYNC_CANCEL, addr: 9, user_data: 10 });
  const { cqes, after } = await ring.submit([cancel], { wait: 2, after: [{ name: 'getppid', args: [] }] });
  expect(new Map(cqes.map(({ userData, res }) => [userData, res]))).toEqual(
    new Map([
      [9n, -125],
      [10n, 0],
    ]),
  );
  expect(after).toEqual([expect.objectContaining({ errno: null })]);
});

test('a ring that the kernel refuses', async () => {
  await expect(ioUring.Ring.open(guest.root, { entries: 0 })).rejects.toMatchObject({
    code: 'KC_RING',
    blame: 'case',
    message: expect.stringContaining('io_uring_setup gave EINVAL'),
  });
});
