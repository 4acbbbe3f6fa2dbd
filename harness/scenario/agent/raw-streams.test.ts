/**
 * The agent in a guest, fed with streams that no host of ours would send: it answers, or ends where they end, and says why. A failure
 * names the seed, of which `streamOf` makes the same stream again. Nowhere but in a guest: what is understood by chance is carried out.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFrame, type Frame, FrameReader, OP, PAYLOAD_LIMIT, STATUS } from '../../guest/agent/frames.ts';
import { copy } from '../../guest/copy.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { SshAccess } from '../../guest/ssh/access.ts';
import { startClone } from '../../run/clone.test-support.ts';
import { type Call, encodeBatch, GuestBuffer } from './batch.ts';

/** Between 4 and 5 s of the guest's time under software emulation. */
const STREAMS = 77;
/** So many agents at once, each with its own processes; and how long a stream stays open after its last byte. */
const AT_ONCE = 10;
const OPEN_S = 0.3;
const HEADER = 9;
/** What a kernel says that has to wait for its host. */
const SLOW_HOST = /clocksource|hrtimer: interrupt took/;

type Random = (below: number) => number;

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** Frames as a host sends them, each operation among them. No mutation of a few bytes makes the number of a real system call. */
function validFrames(random: Random): Buffer[] {
  const NONE = 0x3fffffff;
  const inner = new GuestBuffer(noise(random, 1 + random(20)));
  const outer = new GuestBuffer(Buffer.alloc(8 + random(20)), true);
  outer.pointers.set(0, inner);
  const call: Call = { name: NONE, args: [1, outer, 'text', -1] };
  const program = (threads: number) =>
    encodeBatch(
      Array.from({ length: threads }, () => ({ calls: [call, call], options: { repeat: 3, allResults: true } })),
    ).payload;
  const words = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);
  const nothing: Buffer = Buffer.alloc(0);
  const payloads: readonly (readonly [number, () => Buffer])[] = [
    [OP.program, () => program(1)],
    [OP.program, () => program(2)],
    [OP.sendFd, () => words(random(4), 1 + random(3))],
    [OP.kill, () => words(0)],
    [OP.stack, () => nothing],
    [OP.fork, () => words(10 + random(3), 0)],
  ];
  const frames = [1, 2].map((process) => ({ process, sequence: process, op: OP.spawn as number, payload: nothing }));
  for (let sequence = 3; sequence < 20; sequence++) {
    const [op, payload] = payloads[random(payloads.length)] ?? [OP.spawn, () => nothing];
    frames.push({ process: 1 + random(3), sequence, op, payload: payload() });
  }
  return frames.map(encodeFrame);
}

const LENGTHS = [
  0,
  1,
  8,
  9,
  10,
  60,
  HEADER + PAYLOAD_LIMIT,
  HEADER + PAYLOAD_LIMIT + 1,
  0x7fffffff,
  0xfffffffc,
  0xffffffff,
];

const KINDS: Readonly<Record<string, (random: Random) => Buffer>> = {
  'random bytes': (random) => noise(random, random(2000)),
  'lengths that lie': (random) =>
    Buffer.concat(
      Array.from({ length: 1 + random(10) }, () => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(LENGTHS[random(LENGTHS.length)] ?? 0);
        return Buffer.concat([length, noise(random, random(80))]);
      }),
    ),
  'cut off': (random) => {
    const stream = Buffer.concat(validFrames(random));
    return stream.subarray(0, random(stream.length));
  },
  'bytes changed': (random) => {
    const stream = Buffer.concat(validFrames(random));
    for (let count = 1 + random(3); count > 0; count--) stream.writeUInt8(random(256), random(stream.length));
    return stream;
  },
  'frames with bytes changed': (random) =>
    Buffer.concat(
      validFrames(random).map((frame) => {
        if (frame.length > 13 && random(2) === 0) frame.writeUInt8(random(256), 13 + random(frame.length - 13));
        return frame;
      }),
    ),
  'operations and payloads by chance': (random) =>
    Buffer.concat([
      encodeFrame({ process: 1, sequence: 1, op: OP.spawn, payload: Buffer.alloc(0) }),
      ...Array.from({ length: 25 }, (_, index) => {
        const payload = Buffer.from(Array.from({ length: random(60) }, () => (random(4) === 0 ? random(256) : 0)));
        const op = [OP.program, OP.sendFd, OP.stack, OP.fork + 1 + random(200)][random(4)] ?? OP.program;
        return encodeFrame({ process: 1 + random(2), sequence: 2 + index, op, payload });
      }),
    ]),
  'pieces left out and doubled': (random) => {
    const stream = Buffer.concat(validFrames(random));
    const from = random(stream.length);
    const to = Math.max(0, from + 40 - random(80));
    return Buffer.concat([stream.subarray(0, from), stream.subarray(to)]);
  },
};

function streamOf(seed: number): { readonly kind: string; readonly bytes: Buffer } {
  const kinds = Object.entries(KINDS);
  const [kind, make] = kinds[seed % kinds.length] ?? ['', () => Buffer.alloc(0)];
  return { kind, bytes: make(randomOf(seed)) };
}

/** The frames in a stream; one of impossible length has the operation -1, and is skipped by the length that it claims. */
function framesIn(stream: Buffer): Frame[] {
  const frames: Frame[] = [];
  const payload = Buffer.alloc(0);
  for (let at = 0; at + 4 <= stream.length; ) {
    const length = stream.readUInt32LE(at);
    const readable = at + 4 + HEADER <= stream.length;
    const impossible = length < HEADER || length > HEADER + PAYLOAD_LIMIT;
    if (length < HEADER) frames.push({ process: 0, sequence: 0, op: -1, payload });
    else if (readable && (impossible || at + 4 + length <= stream.length)) {
      const op = impossible ? -1 : stream.readUInt8(at + 12);
      const rest = impossible ? payload : stream.subarray(at + 4 + HEADER, at + 4 + length);
      frames.push({ process: stream.readUInt32LE(at + 4), sequence: stream.readUInt32LE(at + 8), op, payload: rest });
    }
    at += 4 + length;
  }
  return frames;
}

const OF_WORKERS: readonly number[] = [OP.program, OP.sendFd, OP.fork];

interface Tally {
  answered: number;
  refused: number;
  ended: number;
  /** Requests that a process of the scenario has had and not answered: it was changed to wait, to stop or to go on for long. */
}

/** What is wrong with what came of a stream; counts the rest. */
function problemsOf(stream: Buffer, answers: Buffer, status: string, tally: Tally): string[] {
  const problems = status === '0' ? [] : [`the agent ended with status ${status}`];
  let frames: Frame[];
  try {
    frames = new FrameReader().push(answers);
  } catch (error) {
    return [...problems, String(error)];
  }
  const whole = frames.reduce((length, { payload }) => length + 4 + HEADER + payload.length, 0);
  if (whole !== answers.length) problems.push(`its last answer is cut off: ${answers.length - whole} bytes`);
  const ended = frames.filter(({ op }) => op === STATUS.ended);
  const left = frames.filter(({ op }) => op !== STATUS.ended);
  tally.ended += ended.length;
  const sent = framesIn(stream);
  for (const { payload } of ended) {
    const signal = payload.readInt32LE(0) & 0x7f;
    const asked = sent.some((frame) => frame.op === OP.kill && frame.payload[0] === signal);
    if (signal !== 0 && !asked) problems.push(`a process was ended by signal ${signal}`);
  }
  for (const { process, sequence, op } of sent) {
    const at = left.findIndex((answer) => answer.process === process && answer.sequence === sequence);
    const [answer] = at < 0 ? [] : left.splice(at, 1);
    if (answer?.op === STATUS.ok) tally.answered++;
    else if (answer?.op === STATUS.error && /^[\w' ,:-]{10,80}$/.test(answer.payload.toString('latin1')))
      tally.refused++;
    else if (answer !== undefined)
      problems.push(`status ${answer.op}: ${JSON.stringify(answer.payload.toString('latin1'))}`);
    else if (OF_WORKERS.includes(op))
      continue; // the stream ended before the worker answered: more of them on a slow host
    else problems.push(`operation ${op} (process ${process}, sequence ${sequence}) has no answer`);
  }
  if (left.length > 0) problems.push(`${left.length} answers to nothing that was asked`);
  return problems;
}

let folder: string;
let machine: GuestMachine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-streams-'));
  await mkdir(join(folder, 'in'));
  for (let seed = 0; seed < STREAMS; seed++) await writeFile(join(folder, 'in', String(seed)), streamOf(seed).bytes);
  machine = await startClone();
});
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test(`each of ${STREAMS} raw streams is answered to its end, and nothing dies of one`, async () => {
  const { agent } = machine;
  await using access = await SshAccess.open(machine);
  using connection = await access.connect();
  await copy(connection, { direction: 'in', from: join(folder, 'in'), to: '/tmp/in' });
  const said = async () => (await agent.exec('dmesg')).stdout.toString('latin1');
  const before = await said();
  const one = `{ cat $1; sleep ${OPEN_S}; } | timeout -s KILL 10 agent > /tmp/out/$1; echo $? > /tmp/out/$1.status`;
  const all = `cd /tmp/in; mkdir /tmp/out; one() { ${one}; }
    for seed in *; do one $seed & n=$((n + 1)); [ $((n % ${AT_ONCE})) = 0 ] && wait; done; wait`;
  const { stderr } = await agent.exec(all);
  expect(stderr.toString()).toBe('');
  await copy(connection, { direction: 'out', from: '/tmp/out', to: join(folder, 'out') });

  const tally = { answered: 0, refused: 0, ended: 0 };
  const wrong = [];
  for (let seed = 0; seed < STREAMS; seed++) {
    const { kind, bytes } = streamOf(seed);
    const answers = await readFile(join(folder, 'out', String(seed)));
    const status = (await readFile(join(folder, 'out', `${seed}.status`), 'utf8')).trim();
    wrong.push(...problemsOf(bytes, answers, status, tally).map((problem) => `seed ${seed} (${kind}): ${problem}`));
  }
  expect(wrong).toEqual([]);
  expect(tally.answered).toBeGreaterThan(STREAMS); // else the streams were all noise
  expect(tally.refused).toBeGreaterThan(STREAMS);
  const news = (await said())
    .slice(before.length)
    .split('\n')
    .filter((line) => line !== '' && !SLOW_HOST.test(line));
  expect(news).toEqual([]);
});
