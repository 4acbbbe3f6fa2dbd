import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, ExecOptions as SshExecOptions } from 'ssh2';
import { KconformError } from '../errors.ts';
import type { ExecOptions, ExecResult, SshLink } from './link.ts';

/** Takes some 50 ms the first time. */
export async function loadSsh2() {
  return (await import('ssh2')).default;
}

/** Begins to load the client, so that it is there when a guest is; what is wrong with it is told by `openSsh`. */
export function prepareSsh(): void {
  loadSsh2().catch(() => undefined);
}

/**
 * A shell that is started before anybody knows what for: the first line of its input is its command. As an alias, which ash puts
 * in the place of the word before it parses the line, the command is what it would be after -c: eval would stand in its error
 * messages, and cost it the exec of its last process. The command finds neither the variable nor the alias.
 */
export const WAITING_SHELL = 'IFS= read -r REPLY; alias REPLY="unset REPLY; unalias REPLY; $REPLY"\nREPLY';

/** Bytes; dropbear refuses longer ones (MAX_CMD_LEN of 2022.83, less our newline). */
const LONGEST_COMMAND = 8_999;

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

export function sshError(reason: string, cause: unknown): KconformError {
  return new KconformError(`SSH to the guest failed: ${reason}`, { code: 'KC_SSH', blame: 'harness', cause });
}

function tooLong(command: string): KconformError {
  const bytes = Buffer.byteLength(command);
  return new KconformError(
    `a command of ${bytes} bytes is too long for the guest's SSH server: ${command.slice(0, 60)}…`,
    {
      code: 'KC_COMMAND_TOO_LONG',
      blame: 'case',
      hint: `at most ${LONGEST_COMMAND}; guest.writeFile() takes a script of any length, and standard input any text`,
    },
  );
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
  /** `SIGKILL` */
  readonly signal: string | null;
}

/** An authenticated connection; disposing it closes every channel. */
export class SshConnection implements SshLink, Disposable {
  readonly #client: Client;
  readonly #ahead: Map<string, ClientChannel>;
  /** Fulfilled when the server has answered for the command that was asked for last. */
  #answered: Promise<void> = Promise.resolve();

  /** @param ahead channels of commands that were started already, by the command; each is used once */
  constructor(client: Client, ahead: ReadonlyMap<string, ClientChannel> = new Map()) {
    this.#client = client;
    this.#ahead = new Map(ahead);
    for (const [command, channel] of ahead) channel.once('exit', () => this.#ahead.delete(command));
    client.on('error', () => undefined); // every open channel ends with its own error
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    return new Promise((resolve, reject) =>
      this.#shell(command, reject, (channel) => {
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

  async open(command: string): Promise<Duplex> {
    return this.#take(command) ?? new Promise((resolve, reject) => this.#channel(command, reject, resolve));
  }

  #take(command: string): ClientChannel | undefined {
    const channel = this.#ahead.get(command);
    this.#ahead.delete(command);
    return channel;
  }

  /**
   * In the shell that waits for its command, where it is there and the command is one line; else in one of its own, where the
   * command is on the second line too, as ash's error messages tell the line.
   */
  #shell(command: string, reject: (error: KconformError) => void, use: (channel: ClientChannel) => void): void {
    if (Buffer.byteLength(command) > LONGEST_COMMAND) {
      reject(tooLong(command));
      return;
    }
    const waiting = command.includes('\n') ? undefined : this.#take(WAITING_SHELL);
    if (waiting === undefined) this.#channel(`\n${command}`, reject, use);
    else {
      waiting.write(`${command}\n`);
      use(waiting);
    }
  }

  /**
   * One command is asked for when the one before it was answered: the server keeps ends of commands back while a channel has none yet
   * (images/guest/server-preload.c), and knows of one such channel. One that it refuses is not asked for again: it may have been run.
   *
   * `use` is called at once: when a short command's whole life comes in one packet, a later listener misses its exit.
   */
  #channel(
    command: string,
    reject: (error: KconformError) => void,
    use: (channel: ClientChannel) => void,
    options: SshExecOptions = {},
  ): void {
    const before = this.#answered;
    this.#answered = new Promise((answered) => {
      const ask = () => {
        try {
          this.#client.exec(command, options, (error, channel) => {
            answered();
            if (error === undefined) use(channel);
            else reject(sshError(error.message, error));
          });
        } catch (error) {
          answered();
          reject(sshError('the connection is closed', error));
        }
      };
      void before.then(ask);
    });
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}
