import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { ExitStatus, TerminalSize } from '../agent/commands.ts';
import { loadSsh2, sshError } from './client.ts';

export interface AttachOptions {
  /** A terminal (pty) in the guest for the command; pipes when there is none. */
  readonly terminal?: TerminalSize;
  /** Takes the command's streams as soon as there are any: nothing is read of them elsewhere. */
  use(channel: ClientChannel): void;
}

/** An SSH connection for a person, as any client has it: a channel for each command. Disposing it closes them. */
export class OrdinaryConnection implements Disposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
    client.on('error', () => undefined); // every open channel ends with its own error
  }

  /** @throws KC_SSH (harness) */
  static async open(stream: Duplex, hostKey: string, privateKey: string): Promise<OrdinaryConnection> {
    const { Client } = await loadSsh2();
    const client = new Client();
    const expected = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64');
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', (cause) => reject(sshError(cause.message, cause)));
      client.once('close', () => reject(sshError('the connection was closed', undefined)));
      client.connect({
        sock: stream,
        username: 'root',
        privateKey,
        hostVerifier: (offered: Buffer) => offered.equals(expected),
        readyTimeout: 0, // the caller limits the wait, by the accelerator
      });
    });
    return new OrdinaryConnection(client);
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
    return new Promise((resolve, reject) => {
      this.#client.exec(command, pty, (error, channel) => {
        if (error !== undefined) {
          reject(sshError(error.message, error));
          return;
        }
        let status: ExitStatus | undefined;
        channel.on('exit', (exitCode: number | null, signal?: string) => {
          status = { exitCode, signal: signal ?? null };
        });
        channel.on('close', () => {
          if (status === undefined) reject(sshError(`the connection dropped during: ${command}`, undefined));
          else resolve(status);
        });
        use(channel);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}
