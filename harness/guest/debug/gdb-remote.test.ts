import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GdbRemote } from './gdb-remote.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-remote-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A stub that says that it stopped as soon as somebody connects, as QEMU does. */
async function stub(answers: Readonly<Record<string, readonly string[]>>) {
  const packets: string[] = [];
  const server = createServer((socket) => {
    const say = (packet: string) => socket.write(`$${packet}#00`);
    say('T02thread:01;');
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const [, packet = ''] of text.matchAll(/\$([^#]*)#[0-9a-f]{2}/g)) {
        packets.push(packet);
        socket.write('+');
        for (const answer of answers[packet] ?? ['']) say(answer);
      }
    });
    socket.on('error', () => undefined);
  });
  const path = join(folder, 'gdb');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, packets, [Symbol.dispose]: () => void server.close() };
}

test('a breakpoint is set, and its hit tells the vCPU and the address', async () => {
  const registers = `${'00'.repeat(16 * 8)}007fc781ffffffff`;
  using qemu = await stub({
    'qSupported:hwbreak+': ['PacketSize=1000'],
    'Z1,ffffffff81c77f00,1': ['OK'],
    c: ['T05thread:p01.02;'],
    Hg02: ['OK'],
    g: [registers],
    'z1,ffffffff81c77f00,1': ['OK'],
  });
  using remote = await GdbRemote.open(qemu.path);
  await remote.setBreakpoint('ffffffff81c77f00');
  expect(await remote.continue()).toEqual({ cpu: 1, address: 'ffffffff81c77f00' });
  await remote.removeBreakpoint('ffffffff81c77f00');
  expect(qemu.packets).not.toContain('D'); // it would let the guest go on
});

test('a refused breakpoint and a closed connection are errors', async () => {
  using qemu = await stub({ 'Z1,1,1': ['E22'], 'qSupported:hwbreak+': ['x'] });
  using remote = await GdbRemote.open(qemu.path);
  await expect(remote.setBreakpoint('1')).rejects.toMatchObject({ code: 'KC_DEBUGGER', blame: 'host' });
  await expect(GdbRemote.open(join(folder, 'nobody'))).rejects.toMatchObject({ code: 'KC_DEBUGGER' });
});
