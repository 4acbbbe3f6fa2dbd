import { Duplex } from 'node:stream';
import { type LoggedIn, logIn, SshSession, startAgent } from '../login.ts';
import { ClientHalf } from './key-exchange.ts';

/** A login as both sides know it after it was made; it is worth something only with a copy of the server that took part. */
export interface Prelogin {
  readonly clientHalf: string;
  /** What the server said until the authentication had succeeded, and then until the agent was started. */
  readonly login: Buffer;
  readonly agent: Buffer;
}

export interface RecordedPrelogin {
  /** undefined where it cannot be replayed: the clones log in by themselves then. */
  readonly prelogin: Prelogin | undefined;
  /** Whether the server has said anything after what is recorded: a copy made then cannot be continued. */
  saidMore(): boolean;
}

/** Logs in, starts the agent, and says nothing more. @throws KC_SSH (harness) where not even that succeeds */
export async function recordPrelogin(stream: Duplex, hostKey: string): Promise<RecordedPrelogin> {
  const half = ClientHalf.generate();
  const said: Buffer[][] = [[]];
  stream.pause(); // until the client listens too
  stream.on('data', (part: Buffer) => said.at(-1)?.push(Buffer.from(part))); // ssh2 decrypts in place
  await startAgent(await logIn(stream, hostKey, half), () => said.push([]));
  const [login = Buffer.alloc(0), agent = Buffer.alloc(0)] = said.map((parts) => Buffer.concat(parts));
  const later: Buffer[] = [];
  said.push(later);
  const prelogin = { clientHalf: half.toString(), login, agent };
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
  stream.write = write;
  return new SshSession(loggedIn.client, channel);
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
