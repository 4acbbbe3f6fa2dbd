import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { encodeStart } from '../../agent/command-payload.ts';
import { encodeFrame, FrameReader, OP, STATUS } from '../../agent/frames.ts';
import { sshError } from '../client.ts';
import { type LoggedIn, logIn, SshSession, startAgent } from '../login.ts';
import { ClientHalf } from './key-exchange.ts';

/** A login as both sides know it after it was made; it is worth something only with a copy of the server that took part. */
export interface Prelogin {
  readonly clientHalf: string;
  /** What the server said until the authentication had succeeded, then until the agent was started, then for {@link runCommand}. */
  readonly login: Buffer;
  readonly agent: Buffer;
  readonly command: Buffer;
}

export interface RecordedPrelogin {
  /** undefined where it cannot be replayed: the clones log in by themselves then. */
  readonly prelogin: Prelogin | undefined;
  /** Whether the server has said anything after what is recorded: a copy made then cannot be continued. */
  saidMore(): boolean;
}

/** Logs in, starts the agent, runs a command, and says nothing more. @throws KC_SSH (harness) where not even that succeeds */
export async function recordPrelogin(stream: Duplex, hostKey: string): Promise<RecordedPrelogin> {
  const half = ClientHalf.generate();
  const said: Buffer[][] = [[]];
  stream.pause(); // until the client listens too
  stream.on('data', (part: Buffer) => said.at(-1)?.push(Buffer.from(part))); // ssh2 decrypts in place
  const channel = await startAgent(await logIn(stream, hostKey, half), () => said.push([]));
  await runCommand(channel, () => said.push([]));
  const [login = Buffer.alloc(0), agent = Buffer.alloc(0), command = Buffer.alloc(0)] = said.map((parts) =>
    Buffer.concat(parts),
  );
  const later: Buffer[] = [];
  said.push(later);
  const prelogin = { clientHalf: half.toString(), login, agent, command };
  return {
    prelogin: (await canBeReplayed(hostKey, prelogin)) ? prelogin : undefined,
    saidMore: () => later.length > 0,
  };
}

/**
 * Continues where a recorded login ended, over a stream to a copy of that server: our side goes through the login and the start of the
 * agent again with what the server said then, and nothing of that is sent. The host key and the server's signature are checked as
 * in any login.
 * @throws KC_SSH (harness)
 */
export async function resumePrelogin(stream: Duplex, hostKey: string, prelogin: Prelogin): Promise<SshSession> {
  const { write } = stream;
  stream.write = () => true;
  const loggedIn = await replay(stream, hostKey, prelogin);
  const channel = await startAgent(loggedIn, () => stream.unshift(Buffer.from(prelogin.agent)));
  const command = runCommand(channel, () => stream.unshift(Buffer.from(prelogin.command)));
  await Promise.race([command, loggedIn.broken]);
  stream.write = write;
  return new SshSession(loggedIn.client, channel);
}

/** No client of the agent numbers its commands so. */
const COMMAND = 0;
const TRUE = { words: ['/bin/sh', '-c', 'true'], noInput: true, onStdout: () => undefined, onStderr: () => undefined };

/**
 * Runs `true` and waits for its end, so that the server and the agent have touched in the template what a command of a clone needs.
 * We send exactly one packet, and do not wait for answers: a replayed session must have counted the same packets.
 * @param asked called once the command has been asked for
 */
async function runCommand(channel: ClientChannel, asked: () => void): Promise<void> {
  const reader = new FrameReader();
  let receive = (_bytes: Buffer) => {};
  const ended = new Promise<number>((resolve, reject) => {
    receive = (bytes) => {
      try {
        for (const { op, payload } of reader.push(bytes)) {
          if (op === STATUS.error) throw sshError(`the agent runs no command: ${payload.toString()}`, undefined);
          if (op === STATUS.ended) resolve(payload.readInt32LE(0));
        }
      } catch (error) {
        reject(error);
      }
    };
  });
  channel.on('data', receive);
  channel.write(encodeFrame({ process: COMMAND, sequence: 0, op: OP.run, payload: encodeStart(TRUE) }));
  asked();
  const status = await ended;
  channel.off('data', receive);
  if (status !== 0) throw sshError(`the command before the freeze ended with wait status ${status}`, undefined);
}

function replay(stream: Duplex, hostKey: string, { clientHalf, login }: Prelogin): Promise<LoggedIn> {
  stream.unshift(Buffer.from(login)); // a copy: ssh2 decrypts in place
  return logIn(stream, hostKey, ClientHalf.parse(clientHalf));
}

/** How long our own side may take to go through a login again; it is some 10 ms. */
const REPLAY_LIMIT_MS = 5_000;

/** The guard: whether this ssh2, with what this server said, comes to the same end without the server. */
async function canBeReplayed(hostKey: string, prelogin: Prelogin): Promise<boolean> {
  const nobody = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, REPLAY_LIMIT_MS, undefined);
  });
  try {
    const session = await Promise.race([resumePrelogin(nobody, hostKey, prelogin), late]);
    session?.[Symbol.dispose]();
    return session !== undefined;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    nobody.destroy();
  }
}
