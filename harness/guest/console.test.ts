import { expect, test } from 'vitest';
import { initGaveUp, panicLine } from './console.ts';

const LEFT = `Generating 256 bit ed25519 key, this may take a while...
kconform init: the SSH relay ended: error 0
[   13.774270] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100
[   13.774731] CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
`;

test('a panic because our own init left says nothing of the kernel', () => {
  expect(panicLine(LEFT)).toContain('Attempted to kill init');
  expect(initGaveUp(LEFT)).toBe('the SSH relay ended: error 0');
});

test.each([
  ['an init killed by a signal', LEFT.replace('0x00000100', '0x0000000b')],
  ['an init that left without a word', LEFT.replace('kconform init: ', '')],
  ['another panic', LEFT.replace(/Attempted.*/, 'Fatal exception in interrupt')],
])('%s is evidence about the kernel', (_, text) => expect(initGaveUp(text)).toBeUndefined());
