import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostAgent } from '../../scenario/agent/agent.test-support.ts';
import { AgentClient } from './client.ts';
import { SECOND_CLIENT } from './connection.ts';
import { encodeFrame, OP } from './frames.ts';

const host = hostAgent();

/** Two ends of a connection. */
async function connection(): Promise<[Socket, Socket]> {
  const server = createServer();
  const path = join(host.folder, `socket-${Math.random()}`);
  await once(server.listen(path), 'listening');
  const accepted = once(server, 'connection');
  const ours = createConnection(path);
  const [theirs] = await accepted;
  server.close();
  return [ours, theirs];
}

test('two clients share an agent: each gets the answers to its own requests', async () => {
  const first = host.client();
  const [near, far] = await connection();
  first.share(near);
  const second = new AgentClient(far, SECOND_CLIENT);
  const both = [first, second].map(async (client) => {
    const { id } = await client.spawn();
    const { stdout } = await client.exec('cat', { stdin: `${id}` });
    return { id, stdout: Number(stdout) };
  });
  const [one, other] = await Promise.all(both);
  expect(one).toEqual({ id: 1, stdout: 1 });
  expect(other).toEqual({ id: SECOND_CLIENT + 1, stdout: SECOND_CLIENT + 1 });
});

test.each([
  ["another's number", encodeFrame({ process: 1, sequence: 1, op: OP.kill, payload: Buffer.from([9, 0, 0, 0]) })],
  ['no frame', Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])],
])('a second client that sends %s loses its stream, and the first one goes on', async (_, bytes) => {
  const first = host.client();
  const { id } = await first.spawn();
  const [near, far] = await connection();
  first.share(near);
  const closed = once(far.resume(), 'close');
  far.write(bytes);
  await closed;
  await expect(first.kernelStack(id)).resolves.toContain('');
});

test('a second client that reads nothing keeps the agent from sending, and the first one goes on when it is gone', async () => {
  const first = host.client();
  const [near, far] = await connection();
  first.share(near);
  const second = new AgentClient(far, SECOND_CLIENT);
  const running = second.exec('yes').catch((error: unknown) => error);
  await once(far, 'data');
  far.pause();
  const before = near.writableLength;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(near.writableLength - before).toBeLessThan(4 * 2 ** 20);
  far.destroy();
  expect(await running).toMatchObject({ code: 'KC_AGENT_CLOSED' });
  expect((await first.exec('echo on')).stdout.toString()).toBe('on\n');
});

test('the end of the first client is that of the second', async () => {
  const first = host.client();
  const [near, far] = await connection();
  first.share(near);
  const running = new AgentClient(far, SECOND_CLIENT).exec('sleep 100');
  host.child.kill('SIGKILL');
  await expect(running).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
});
