import { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { ClientHalf } from './key-exchange.ts';
import { AGENT } from './link.ts';
import { loadSsh2, SshConnection, sshError, WAITING_SHELL } from './ssh.ts';

/** Commands that are started in a template after the login, each in a channel of its own, and wait there for a clone's use. */
export const STARTED_AHEAD = [AGENT, WAITING_SHELL];

/**
 * Logs in over a stream that leads to the guest's SSH server, which asks for no password there.
 * @param hostKey the key that the guest told over its control port; any other is refused
 * @throws KC_SSH (harness)
 */
export async function openSsh(stream: Duplex, hostKey: string): Promise<SshConnection> {
  const { client } = await logIn(stream, hostKey);
  return new SshConnection(client);
}

/** A login as both sides know it after it was made; it is worth something only with a copy of the server that took part. */
export interface Login {
  readonly clientHalf: string;
  /** What the server said: until the authentication had succeeded, then until each of the commands was started. */
  readonly said: readonly Buffer[];
}

export interface RecordedLogin {
  readonly login: Login;
  /** Whether the server has said anything after what is recorded; a copy made then cannot be gone on with. */
  saidMore(): boolean;
}

/** Logs in, starts commands ahead, and says nothing more. @throws KC_SSH (harness), also where a copy could not go on from there */
export async function recordLogin(stream: Duplex, hostKey: string): Promise<RecordedLogin> {
  const half = ClientHalf.generate();
  const said: Buffer[][] = [[]];
  stream.pause(); // until the client listens too
  stream.on('data', (part: Buffer) => said.at(-1)?.push(Buffer.from(part))); // ssh2 decrypts in place
  await startAhead(await logIn(stream, hostKey, half), () => said.push([]));
  const login = { clientHalf: half.toString(), said: said.map((parts) => Buffer.concat(parts)) };
  const later: Buffer[] = [];
  said.push(later);
  const nobody = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
  using _resumed = await resumeLogin(nobody, hostKey, login);
  return { login, saidMore: () => later.length > 0 };
}

/**
 * Goes on where a recorded login ended, over a stream to a copy of that server: our side is led through the login again, and to
 * the started commands, with what the server said then, and nothing of that is sent. The host key and the server's signature are
 * checked as in any login.
 * @throws KC_SSH (harness)
 */
export async function resumeLogin(
  stream: Duplex,
  hostKey: string,
  { clientHalf, said }: Login,
): Promise<SshConnection> {
  const [login = Buffer.alloc(0), ...answers] = said.map((bytes) => Buffer.from(bytes)); // ssh2 decrypts in place
  const { write } = stream;
  stream.write = () => true;
  stream.unshift(login);
  const loggedIn = await logIn(stream, hostKey, ClientHalf.parse(clientHalf));
  const ahead = await startAhead(loggedIn, (index) => stream.unshift(answers[index]));
  stream.write = write;
  return new SshConnection(loggedIn.client, ahead);
}

interface LoggedIn {
  readonly client: Client;
  /** Rejects when the connection breaks. */
  readonly broken: Promise<never>;
}

async function logIn(stream: Duplex, hostKey: string, half?: ClientHalf): Promise<LoggedIn> {
  const { Client } = await loadSsh2();
  const client = new Client();
  const broken = new Promise<never>((_resolve, reject) => {
    client.once('error', (cause) => reject(sshError(cause.message, cause)));
    client.once('close', () => reject(sshError('the connection was closed', undefined)));
  });
  const expected = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64');
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  client.connect({
    sock: stream,
    username: 'root',
    authHandler: ['none'],
    hostVerifier: (offered: Buffer) => offered.equals(expected),
    // The caller limits the wait, by the accelerator.
    readyTimeout: 0,
    algorithms: {
      kex: ['curve25519-sha256'],
      serverHostKey: ['ssh-ed25519'],
      cipher: ['chacha20-poly1305@openssh.com', 'aes128-ctr'],
      compress: ['none'],
    },
  });
  half?.dictateTo(client);
  await Promise.race([ready, broken]);
  return { client, broken };
}

/** @param asked is told the index of each command once it has been asked for */
async function startAhead(
  { client, broken }: LoggedIn,
  asked: (index: number) => void,
): Promise<Map<string, ClientChannel>> {
  const started = new Map<string, ClientChannel>();
  for (const [index, command] of STARTED_AHEAD.entries()) {
    const channel = new Promise<ClientChannel>((resolve, reject) => {
      client.exec(command, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    asked(index);
    started.set(command, await Promise.race([channel, broken]));
  }
  return started;
}
