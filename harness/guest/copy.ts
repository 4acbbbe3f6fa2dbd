import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KconformError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import type { SshConnection } from './ssh.ts';

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
export async function copy(link: SshConnection, { direction, from, to }: Copy): Promise<void> {
  try {
    if (direction === 'in') await copyIn(link, from, to);
    else await copyOut(link, from, to);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KconformError(`cannot copy ${from} to ${to}: ${why}`, { code: 'KC_COPY', blame: 'host', cause });
  }
}

async function copyIn(link: SshConnection, from: string, to: string): Promise<void> {
  const facts = await stat(from);
  if (facts.isDirectory()) {
    let ended: Promise<void> = Promise.resolve();
    const pack = () => {
      const tar = spawn('tar', ['-cf', '-', '-C', from, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
      ended = endOfTar(tar);
      return tar.stdout;
    };
    await streamThrough(link, `mkdir -p ${word(to)} && exec tar -xf - -C ${word(to)}`, pack, undefined);
    await ended;
    return;
  }
  const mode = (facts.mode & 0o777).toString(8);
  const command = `mkdir -p ${word(dirname(to))} && cat > ${word(to)} && chmod ${mode} ${word(to)}`;
  await streamThrough(link, command, () => createReadStream(from), undefined);
}

async function copyOut(link: SshConnection, from: string, to: string): Promise<void> {
  const folder = await link.exec(`test -d ${word(from)}`);
  if (folder.exitCode === 0) {
    await makeFolder(to);
    const unpack = spawn('tar', ['-xf', '-', '-C', to], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = endOfTar(unpack);
    await streamThrough(link, `exec tar -cf - -C ${word(from)} .`, undefined, unpack.stdin);
    await ended;
    return;
  }
  const target = await stat(to).then(
    (facts) => (facts.isDirectory() ? join(to, basename(from)) : to),
    () => to,
  );
  await streamThrough(link, `exec cat ${word(from)}`, undefined, createWriteStream(target));
}

/** Our own tar has told on stderr what it could not read or write; a copy without that is none. */
function endOfTar(tar: ChildProcess): Promise<void> {
  const ended = once(tar, 'close').then(([exitCode, signal]) => {
    if (exitCode !== 0) throw new Error(`tar on this machine failed (${signal ?? `exit code ${exitCode}`})`);
  });
  ended.catch(() => {}); // told where it is awaited, unless the guest's end has failed before
  return ended;
}

/**
 * Runs a command in the guest with one of our streams at its end; an exit code other than 0 is an error. `input` is opened
 * when there is somebody to read it: what a child prints before that, node throws away.
 */
async function streamThrough(
  link: SshConnection,
  command: string,
  openInput: (() => Readable) | undefined,
  output: Writable | undefined,
): Promise<void> {
  let complaint = '';
  let moved: Promise<void> = Promise.resolve();
  const { exitCode } = await link.attach(command, {
    use(channel) {
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint += text;
      });
      const sent = openInput === undefined ? Promise.resolve(channel.end()) : pipeline(openInput(), channel.stdin);
      const received = output === undefined ? Promise.resolve(channel.resume()) : pipeline(channel.stdout, output);
      moved = Promise.all([sent, received]).then(() => undefined);
      moved.catch(() => channel.close()); // told by `await moved` below
    },
  });
  await moved;
  if (exitCode !== 0) throw new Error(complaint.trim() || `the guest's command failed (exit code ${exitCode})`);
}

function word(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
