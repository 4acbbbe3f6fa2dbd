import { Duplex } from 'node:stream';
import type { Client, ClientChannel, ExecOptions as SshExecOptions } from 'ssh2';
import { KconformError } from '../errors.ts';
import { ClientHalf } from './key-exchange.ts';
import type { ExecOptions, ExecResult, SshLink } from './link.ts';

/** Takes some 50 ms the first time. */
async function loadSsh2() {
  return (await import('ssh2')).default;
}

/** Begins to load the client, so that it is there when a guest is; what is wrong with it is told by `openSsh`. */
export function prepareSsh(): void {
  loadSsh2().catch(() => undefined);
}

/** A key pair for other SSH clients: `privateKey` in OpenSSH's format, `publicKey` as a line of authorized_keys. */
export interface ClientKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

export async function newClientKey(): Promise<ClientKey> {
  const { utils } = await loadSsh2();
  // Some two in a thousand that ssh2 1.17 makes it cannot read itself: "Malformed OpenSSH private key".
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519');
    if (!(utils.parseKey(pair.private) instanceof Error)) return { privateKey: pair.private, publicKey: pair.public };
  }
}

/** Output of one command past this is cut off and the command fails: a scenario that prints more has run wild. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/**
 * Logs in over a stream that leads to the guest's SSH server, which asks for no password there.
 * @param hostKey the key that the guest told over its control port; any other is refused
 * @throws KC_SSH (harness)
 */
export async function openSsh(stream: Duplex, hostKey: string): Promise<SshConnection> {
  return new SshConnection(await logIn(stream, hostKey));
}

/** A login as both sides know it after it was made; it is worth something only with a copy of the server that took part. */
export interface Login {
  readonly clientHalf: string;
  /** What the server said, from its first byte to the success of the authentication. */
  readonly said: Buffer;
}

/** Logs in, and says nothing more. @throws KC_SSH (harness), also when what was recorded does not lead to the same keys again */
export async function recordLogin(stream: Duplex, hostKey: string): Promise<Login> {
  const half = ClientHalf.generate();
  const said: Buffer[] = [];
  stream.pause(); // until the client listens too
  stream.on('data', (part: Buffer) => said.push(Buffer.from(part))); // ssh2 decrypts in place
  await logIn(stream, hostKey, half);
  const login = { clientHalf: half.toString(), said: Buffer.concat(said) };
  const nobody = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
  using _resumed = await resumeLogin(nobody, hostKey, login);
  return login;
}

/**
 * Goes on where a recorded login ended, over a stream to a copy of that server: our side is led through the login again with what
 * the server said then, and nothing of that is sent. The host key and the server's signature are checked as in any login.
 * @throws KC_SSH (harness)
 */
export async function resumeLogin(
  stream: Duplex,
  hostKey: string,
  { clientHalf, said }: Login,
): Promise<SshConnection> {
  const { write } = stream;
  stream.write = () => true;
  stream.unshift(Buffer.from(said)); // ssh2 decrypts in place
  const client = await logIn(stream, hostKey, ClientHalf.parse(clientHalf), () => {
    stream.write = write;
  });
  return new SshConnection(client);
}

async function logIn(stream: Duplex, hostKey: string, half?: ClientHalf, ready?: () => void): Promise<Client> {
  const { Client } = await loadSsh2();
  const client = new Client();
  const expected = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64');
  return new Promise((resolve, reject) => {
    client.once('ready', () => {
      ready?.();
      resolve(client);
    });
    client.once('error', (cause) => reject(sshError(cause.message, cause)));
    client.once('close', () => reject(sshError('the connection was closed', undefined)));
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
  });
}

function sshError(reason: string, cause: unknown): KconformError {
  return new KconformError(`SSH to the guest failed: ${reason}`, { code: 'KC_SSH', blame: 'harness', cause });
}

/** The window of the user's terminal, in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface AttachOptions {
  /** A terminal (pty) in the guest for the command; pipes when there is none. */
  readonly terminal?: TerminalSize;
  /** Takes the command's streams as soon as there are any: nothing is read of them elsewhere. */
  use(channel: ClientChannel): void;
}

/** How a command in the guest ended: one of the two is null. */
export interface ExitStatus {
  readonly exitCode: number | null;
  /** Without SIG: `KILL`. */
  readonly signal: string | null;
}

/** An authenticated connection; disposing it closes every channel. */
export class SshConnection implements SshLink, Disposable {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    client.on('error', () => undefined); // every open channel ends with its own error
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return new Promise((resolve, reject) =>
      this.#channel(command, reject, (channel) => {
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        let size = 0;
        let status: { code: number | null; signal: string | null } | undefined;
        const fail = (code: string, message: string, blame: 'case' | 'harness' | 'host' = 'case') => {
          stop();
          channel.close();
          reject(new KconformError(message, { code, blame, evidence: { awaited: command } }));
        };
        const keep = (parts: Buffer[]) => (part: Buffer) => {
          size += part.length;
          if (size > OUTPUT_LIMIT)
            fail('KC_OUTPUT_TOO_LARGE', `the command printed more than ${OUTPUT_LIMIT >> 20} MiB: ${command}`);
          else parts.push(part);
        };
        const timer =
          options.limitMs === undefined
            ? undefined
            : setTimeout(
                () => fail('KC_SHELL_TIMEOUT', `the command took longer than ${options.limitMs} ms: ${command}`),
                options.limitMs,
              );
        const abort = () => fail('KC_INTERRUPTED', `interrupted: ${command}`, 'host');
        options.signal?.addEventListener('abort', abort, { once: true });
        const stop = () => {
          clearTimeout(timer);
          options.signal?.removeEventListener('abort', abort);
        };
        channel.on('data', keep(stdout));
        if (options.onStdout !== undefined) channel.on('data', options.onStdout);
        channel.stderr.on('data', keep(stderr));
        if (options.onStderr !== undefined) channel.stderr.on('data', options.onStderr);
        channel.on('exit', (code: number | null, signal?: string) => {
          status = { code, signal: signal ?? null };
        });
        channel.on('close', () => {
          stop();
          if (status === undefined) reject(sshError(`the connection dropped during: ${command}`, undefined));
          else
            resolve({
              stdout: Buffer.concat(stdout),
              stderr: Buffer.concat(stderr),
              exitCode: status.code,
              signal: status.signal,
            });
        });
        channel.end(options.stdin ?? '');
      }),
    );
  }

  /**
   * Runs a command whose streams are the caller's.
   * @throws KC_SSH (harness) when the connection drops first
   */
  attach(command: string, { terminal, use }: AttachOptions): Promise<ExitStatus> {
    const pty =
      terminal === undefined
        ? {}
        : { pty: { rows: terminal.rows, cols: terminal.columns, term: process.env.TERM ?? 'dumb' } };
    return new Promise((resolve, reject) =>
      this.#channel(
        command,
        reject,
        (channel) => {
          let status: ExitStatus | undefined;
          channel.on('exit', (exitCode: number | null, signal?: string) => {
            status = { exitCode, signal: signal ?? null };
          });
          channel.on('close', () => {
            if (status === undefined) reject(sshError(`the connection dropped during: ${command}`, undefined));
            else resolve(status);
          });
          use(channel);
        },
        pty,
      ),
    );
  }

  open(command: string): Promise<Duplex> {
    return new Promise((resolve, reject) => this.#channel(command, reject, resolve));
  }

  /** `use` is called at once: when a short command's whole life comes in one packet, a later listener misses its exit. */
  #channel(
    command: string,
    reject: (error: KconformError) => void,
    use: (channel: ClientChannel) => void,
    options: SshExecOptions = {},
  ): void {
    try {
      this.#client.exec(command, options, (error, channel) => {
        if (error === undefined) use(channel);
        else reject(sshError(error.message, error));
      });
    } catch (error) {
      reject(sshError('the connection is closed', error));
    }
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}
