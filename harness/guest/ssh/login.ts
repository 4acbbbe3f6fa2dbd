import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { AgentClient } from '../agent/client.ts';
import { loadSsh2, sshError } from './client.ts';
import type { ClientHalf } from './prelogin/key-exchange.ts';

/** The one command that is asked for over SSH: everything else in the guest is done through it. */
const AGENT = 'exec /bin/agent';

/** A connection to the guest's SSH server with the agent at its end. Disposing it ends the agent, and what that runs. */
export class SshSession implements Disposable {
  readonly agent: AgentClient;
  readonly #client: Client;

  constructor(client: Client, channel: ClientChannel) {
    this.#client = client;
    client.on('error', () => undefined); // the channel ends, which the agent's client tells
    channel.stderr.resume();
    this.agent = new AgentClient(channel);
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}

/**
 * Logs in over a stream to the guest's SSH server, which asks for no password there, and starts the agent.
 * @param hostKey the key that the guest told over its control port; any other is refused
 * @throws KC_SSH (harness)
 */
export async function openSession(stream: Duplex, hostKey: string): Promise<SshSession> {
  const loggedIn = await logIn(stream, hostKey);
  return new SshSession(loggedIn.client, await startAgent(loggedIn));
}

export interface LoggedIn {
  readonly client: Client;
  /** Rejects when the connection breaks. */
  readonly broken: Promise<never>;
}

/** @param half our random half of the key exchange; ssh2's own without */
export async function logIn(stream: Duplex, hostKey: string, half?: ClientHalf): Promise<LoggedIn> {
  const { Client } = await loadSsh2();
  const client = new Client();
  const broken = new Promise<never>((_resolve, reject) => {
    // Not once: the client may emit a second error, and an error event without a listener ends this process.
    client.on('error', (cause) => reject(sshError(cause.message, cause)));
    client.once('close', () => reject(sshError('the connection was closed', undefined)));
  });
  const expected = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64');
  broken.catch(() => undefined); // the caller may have given up
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
  half?.impose(client);
  await Promise.race([ready, broken]);
  return { client, broken };
}

/** @param asked called once the command has been asked for */
export async function startAgent({ client, broken }: LoggedIn, asked = () => {}): Promise<ClientChannel> {
  const channel = new Promise<ClientChannel>((resolve, reject) => {
    client.exec(AGENT, (error, opened) =>
      error === undefined ? resolve(opened) : reject(sshError(error.message, error)),
    );
  });
  asked();
  return Promise.race([channel, broken]);
}
