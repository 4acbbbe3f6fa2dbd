import { expect, test } from 'vitest';
import { initFailure, lastRecord } from './console.ts';

const LEFT = `Generating 256 bit ed25519 key, this may take a while...
kconform init: the SSH relay ended: error 0
[   13.774270] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100
[   13.774731] CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
`;

test('an exit of our init is reported with its message', () => {
  expect(initFailure(LEFT)).toBe('the SSH relay ended: error 0');
});

test('an exit of our own init is recognised by its status where its message is missing', () => {
  expect(initFailure(LEFT.replace(/^kconform init: .*\n/m, ''))).toMatch(/exited with status 1, and its message/);
});

test.each([
  ['an init killed by a signal', LEFT.replace('0x00000100', '0x0000000b')],
  ['another panic', LEFT.replace(/Attempted.*/, 'Fatal exception in interrupt')],
])('%s is no exit of our init', (_, text) => expect(initFailure(text)).toBeUndefined());

test.each([
  [
    '[    4.5] x\n[   13.774270] Kernel panic - not syncing: Fatal exception\n',
    'panic',
    'Kernel panic - not syncing: Fatal exception',
  ],
  ['[   13.774270][   T71] Kernel panic - not syncing: A\n', 'panic', 'Kernel panic - not syncing: A'],
  ['login: [   13.774270] [    C0] Kernel panic - not syncing: A\n', 'panic', 'Kernel panic - not syncing: A'],
  [
    'Kernel panic - not syncing: of a kernel without time stamps\n',
    'panic',
    'Kernel panic - not syncing: of a kernel without time stamps',
  ],
  ['[   13.7] x\n[   13.774270] reboot: Restarting system\n', 'asked', 'reboot: Restarting system'],
  ['[   13.774270] reboot: Power down\n', 'asked', 'reboot: Power down'],
  ['[   13.774270] reboot: System halted\n', 'asked', 'reboot: System halted'],
  ['[   13.774270] sysrq: Resetting\n', 'asked', 'sysrq: Resetting'],
  ['[   13.774270] sysrq: Power Off\n', 'asked', 'sysrq: Power Off'],
])('%j: %s', (text, kind, message) => expect(lastRecord(text)).toEqual({ kind, text: message }));

test('of several the last counts', () => {
  const panic = '[   13.774270] Kernel panic - not syncing: A\n';
  const asked = '[   13.774270] reboot: Restarting system\n';
  expect(lastRecord(panic + asked)?.kind).toBe('asked');
  expect(lastRecord(asked + panic)?.kind).toBe('panic');
});

test.each([
  '[    1.000000] audit: a Kernel panic - not syncing: quoted\n',
  'the scenario prints reboot: Power down\n',
  '',
])('%j is no such message', (text) => expect(lastRecord(text)).toBeUndefined());
