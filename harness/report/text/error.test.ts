import { expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { printError } from './error.ts';

const error = new KconformError('the guest never came up', {
  code: 'KC_GUEST_HANG',
  blame: 'kernel',
  hint: 'Try --accel tcg.',
  evidence: {
    awaited: "the guest's ready message",
    afterMs: 30_000,
    console: ['[    0.0] Linux version 6.12', 'Kernel panic - not syncing\u001b[0m'],
    log: '/tmp/console.log',
    output: 'qemu: warning\n',
  },
  cause: new Error('socket closed'),
});

test('message, evidence and hint, without a stack', () => {
  expect(printError(error)).toMatchInlineSnapshot(`
    "kconform: the guest never came up
      awaited for 30.0 s: the guest's ready message
      console:
        | [    0.0] Linux version 6.12
        | Kernel panic - not syncing
      output:
        | qemu: warning
      whole log: /tmp/console.log
      Try --accel tcg.
    "
  `);
});

test('code, blame, stack and causes with debug', () => {
  const text = printError(error, { debug: true });
  for (const part of ['KC_GUEST_HANG', 'blame kernel', 'error.test.ts:', 'Error: socket closed']) {
    expect(text).toContain(part);
  }
});

test.each([new TypeError('x is undefined'), 'a string', undefined, null])('%s shows no stack either', (thrown) => {
  expect(printError(thrown)).not.toMatch(/^\s+at /m);
  expect(printError(thrown)).toContain('--debug');
});
