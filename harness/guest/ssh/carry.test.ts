import { expect, test } from 'vitest';
import { type CommandStart, RunningCommand } from '../agent/commands.ts';
import { carry } from './carry.ts';

const LINE = { input: () => undefined, signal: async () => undefined, resize: () => undefined };

test('what the server sends in one piece with the answer to the start is not lost', async () => {
  const program = new RunningCommand(7, LINE);
  const agent = {
    start: async ({ onStdout }: CommandStart) => {
      onStdout(Buffer.from('SSH-2.0-server\r\n'));
      return program;
    },
  };
  const stream = await carry(agent);
  program.end(0);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe('SSH-2.0-server\r\n');
});

test('a server whose whole life comes before the answer ends the stream', async () => {
  const program = new RunningCommand(7, LINE);
  program.end(1 << 8);
  const stream = await carry({ start: async () => program });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  expect(parts).toEqual([]);
});
