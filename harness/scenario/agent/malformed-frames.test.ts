import { expect, test } from 'vitest';
import { encodeFrame, type Frame, FrameReader, OP, STATUS } from '../../guest/agent/frames.ts';
import { hostAgent } from './agent.test-support.ts';

const agent = hostAgent();

/** Sends bytes and collects the answers until one satisfies the predicate. */
function answersTo(bytes: Buffer, last: (frame: Frame) => boolean): Promise<Frame[]> {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`the agent ended: ${code ?? signal}`));
    const receive = (part: Buffer) => {
      frames.push(...reader.push(part));
      if (!frames.some(last)) return;
      agent.child.off('exit', ended);
      agent.child.stdout.off('data', receive);
      resolve(frames);
    };
    agent.child.on('exit', ended);
    agent.child.stdout.on('data', receive);
    agent.child.stdin.write(bytes);
  });
}
const spawnFrame = encodeFrame({ process: 7, sequence: 99, op: OP.spawn, payload: Buffer.alloc(0) });
const spawned = (frame: Frame) => frame.sequence === 99;

test.each([
  ['too short', Buffer.from([3, 0, 0, 0, 1, 2, 3]), 0],
  [
    'too long',
    Buffer.concat([Buffer.from([9, 0, 0, 2]), Buffer.from([5, 0, 0, 0, 42, 0, 0, 0, 2]), Buffer.alloc(0x02000009 - 9)]),
    42,
  ],
])('%s: refused, and the next frame is understood', async (_, bytes, sequence) => {
  const frames = await answersTo(Buffer.concat([bytes, spawnFrame]), spawned);
  expect(frames[0]).toMatchObject({ op: STATUS.error, sequence });
  expect(frames[0]?.payload.toString()).toBe('a frame of impossible length');
  expect(frames.at(-1)).toMatchObject({ op: STATUS.ok, process: 7 });
});
