import { expect, test } from 'vitest';
import { encodeFrame, FrameReader, OP, PAYLOAD_LIMIT } from './frames.ts';

test('a request larger than a frame is refused before it is sent', () => {
  const payload = Buffer.alloc(PAYLOAD_LIMIT + 1);
  expect(() => encodeFrame({ process: 1, sequence: 1, op: OP.program, payload })).toThrow(
    'larger than the agent takes',
  );
});

test('random bytes, cut anywhere, are frames or the one error of a broken stream', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const seen = { frames: 0, errors: 0 };
  for (let stream = 0; stream < 2000; stream++) {
    const reader = new FrameReader();
    try {
      for (let part = 0; part < 20; part++) {
        const bytes = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
        // Half of the streams claim lengths that there can be.
        if (stream % 2 === 0) for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random(24), at);
        seen.frames += reader.push(bytes).length;
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'KC_AGENT_STREAM', blame: 'harness' });
      seen.errors++;
    }
  }
  expect(seen.frames).toBeGreaterThan(100);
  expect(seen.errors).toBeGreaterThan(1000);
});
