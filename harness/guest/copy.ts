import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { makeFolder } from '../cache/make-folder.ts';
import { KconformError } from '../errors/error.ts';
import type { OrdinaryConnection } from './ssh/ordinary.ts';

/** One file or folder, from a place to another place; `out` comes from the guest. */
export interface Copy {
  readonly direction: 'in' | 'out';
  readonly from: string;
  readonly to: string;
}

const GUEST = 'guest:';

/**
 * `HOST:GUEST` goes in, `guest:GUEST:HOST` comes out: the guest's side is the second unless `guest:` marks it. Paths in the
 * guest are absolute.
 * @throws KC_COPY (host)
 */
export function parseCopy(text: string): Copy {
  const out = text.startsWith(GUEST);
  const [from = '', to = '', ...more] = (out ? text.slice(GUEST.length) : text).replace(`:${GUEST}`, ':').split(':');
  const inGuest = out ? from : to;
  if (from === '' || to === '' || more.length > 0 || !inGuest.startsWith('/')) {
    throw new KconformError(`--copy ${text} is not FROM:TO with an absolute path in the guest`, {
      code: 'KC_COPY',
      blame: 'host',
      hint: 'in: --copy ./repro:/tmp/repro; out, when the shell ends: --copy guest:/tmp/log:./log',
    });
  }
  return { direction: out ? 'out' : 'in', from, to };
}

/** @throws KC_COPY (host) with what the guest or the host said */
export async function copy(connection: OrdinaryConnection, { direction, from, to }: Copy): Promise<void> {
  try {
    if (direction === 'in') await copyIn(connection, from, to);
    else await copyOut(connection, from, to);
  } catch (cause) {
    throw new KconformError(`cannot copy ${from} to ${to}: ${messageOf(cause)}`, {
      code: 'KC_COPY',
      blame: 'host',
      cause,
    });
  }
}

async function copyIn(connection: OrdinaryConnection, from: string, to: string): Promise<void> {
  const facts = await stat(from);
  if (facts.isDirectory()) {
    let failure: Promise<string | undefined> | undefined;
    const input = () => {
      const tar = spawn('tar', ['-cf', '-', '-C', from, '.'], { stdio: ['ignore', 'pipe', 'pipe'] });
      failure = failureOf(tar);
      return tar.stdout;
    };
    const command = `mkdir -p ${word(to)} && exec tar -xf - -C ${word(to)}`;
    await streamThrough(connection, command, { input, failure: () => failure });
    return;
  }
  const mode = (facts.mode & 0o777).toString(8);
  const command = `mkdir -p ${word(dirname(to))} && cat > ${word(to)} && chmod ${mode} ${word(to)}`;
  await streamThrough(connection, command, { input: () => createReadStream(from) });
}

async function copyOut(connection: OrdinaryConnection, from: string, to: string): Promise<void> {
  const folder = await connection.attach(`test -d ${word(from)}`, { use: (channel) => channel.resume() });
  if (folder.exitCode === 0) {
    await makeFolder(to);
    let failure: Promise<string | undefined> | undefined;
    const output = () => {
      const tar = spawn('tar', ['-xf', '-', '-C', to], { stdio: ['pipe', 'ignore', 'pipe'] });
      failure = failureOf(tar);
      return tar.stdin;
    };
    await streamThrough(connection, `exec tar -cf - -C ${word(from)} .`, { output, failure: () => failure });
    return;
  }
  const target = await stat(to).then(
    (facts) => (facts.isDirectory() ? join(to, basename(from)) : to),
    () => to,
  );
  await streamThrough(connection, `exec cat ${word(from)}`, { output: () => createWriteStream(target) });
}

/** What our own tar could not read or write; undefined when it could do all. Never rejects. */
function failureOf(tar: ChildProcessByStdio<Writable | null, Readable | null, Readable>): Promise<string | undefined> {
  const words = text(tar.stderr);
  return once(tar, 'close').then(
    async ([exitCode, signal]) => {
      if (exitCode === 0) return undefined;
      const why = oneLine(await words);
      return `tar on this machine failed (${signal ?? `exit code ${exitCode}`})${why === '' ? '' : `: ${why}`}`;
    },
    (cause) => `tar on this machine cannot be started: ${messageOf(cause)}`,
  );
}

/**
 * Our end of a copy: a stream to send or one to fill, and what came of the program behind it. It is opened when the guest's end
 * is there: what a child prints before that, node throws away, and nobody is there for an error.
 */
interface OurEnd {
  readonly input?: () => Readable;
  readonly output?: () => Writable;
  readonly failure?: () => Promise<string | undefined> | undefined;
}

/**
 * Runs a command in the guest with one of our streams at its end. Where one end fails the other mostly does too: told is that of
 * the sender where all that it sent was taken, else that of the receiver.
 */
async function streamThrough(
  connection: OrdinaryConnection,
  command: string,
  { input, output, failure }: OurEnd,
): Promise<void> {
  let complaint = '';
  let moved: Promise<unknown> = Promise.resolve();
  const { exitCode, signal } = await connection.attach(command, {
    use(channel) {
      channel.stderr.setEncoding('utf8').on('data', (part: string) => {
        complaint += part;
      });
      const sent = input === undefined ? Promise.resolve(channel.end()) : pipeline(input(), channel.stdin);
      const received = output === undefined ? Promise.resolve(channel.resume()) : pipeline(channel.stdout, output());
      moved = Promise.all([sent, received]);
      // Looked at below. What nobody has read keeps a channel from its end.
      moved.catch(() => channel.resume().close());
    },
  });
  const broken: unknown = await moved.then(
    () => undefined,
    (cause) => cause,
  );
  // Without a program of ours, a system call that failed is one on our file: the channel makes none.
  if (failure === undefined && broken instanceof Error && 'syscall' in broken) throw broken;
  const theirs =
    exitCode === 0
      ? undefined
      : oneLine(complaint) || `the guest's command failed (${signal ?? `exit code ${exitCode}`})`;
  const ours = await failure?.();
  const oursFirst = (input !== undefined) === (broken === undefined);
  const why = oursFirst ? (ours ?? theirs) : (theirs ?? ours);
  if (why !== undefined) throw new Error(why);
  if (broken !== undefined) throw broken;
}

function oneLine(words: string): string {
  return words.trim().replaceAll(/\s*\n\s*/g, '; ');
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function word(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
