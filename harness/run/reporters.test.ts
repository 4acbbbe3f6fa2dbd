import { expect, test } from 'vitest';
import type { RunEvent } from './events.ts';
import { Reporters } from './reporters.ts';

const progress = (message: string): RunEvent => ({ type: 'progress', message });

test('a reporter that fails gets no more events, the others do, and the run ends', async () => {
  const seen: string[] = [];
  let calls = 0;
  const reporters = new Reporters([
    {
      on: async () => {
        calls++;
        throw new Error('its disk is full');
      },
    },
    { on: (event) => void seen.push(event.type) },
  ]);
  expect(reporters.failed.aborted).toBe(false);
  await reporters.emit(progress('one'));
  expect(reporters.failed.aborted).toBe(true);
  await reporters.emit({ type: 'run-finished', durationMs: 1, interrupted: true });
  expect(seen).toEqual(['progress', 'run-finished']);
  expect(calls).toBe(1);
  expect(() => reporters.throwFailure()).toThrow('its disk is full');
});

test('without a failure nothing is thrown', async () => {
  const reporters = new Reporters([{ on: () => undefined }]);
  await reporters.emit(progress('one'));
  reporters.throwFailure();
  expect(reporters.failed.aborted).toBe(false);
});
