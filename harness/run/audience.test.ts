import { expect, test } from 'vitest';
import { Audience } from './audience.ts';
import type { RunEvent } from './events.ts';

const progress = (message: string): RunEvent => ({ type: 'progress', message });

test('a reporter that fails is told no more, the others are, and the run is to end', async () => {
  const seen: string[] = [];
  let calls = 0;
  const audience = new Audience([
    {
      on: async () => {
        calls++;
        throw new Error('its disk is full');
      },
    },
    { on: (event) => void seen.push(event.type) },
  ]);
  expect(audience.failed.aborted).toBe(false);
  await audience.tell(progress('one'));
  expect(audience.failed.aborted).toBe(true);
  await audience.tell({ type: 'run-finished', durationMs: 1, interrupted: true });
  expect(seen).toEqual(['progress', 'run-finished']);
  expect(calls).toBe(1);
  expect(() => audience.throwFailure()).toThrow('its disk is full');
});

test('without a failure nothing is thrown', async () => {
  const audience = new Audience([{ on: () => undefined }]);
  await audience.tell(progress('one'));
  audience.throwFailure();
  expect(audience.failed.aborted).toBe(false);
});
