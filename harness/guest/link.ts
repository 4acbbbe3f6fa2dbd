import type { Duplex } from 'node:stream';

export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface ExecOptions {
  readonly stdin?: string | Buffer;
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
  /** Standard output as it comes; it is in the result as well. */
  readonly onStdout?: (bytes: Buffer) => void;
  readonly onStderr?: (bytes: Buffer) => void;
}

/** What a scenario needs of the connection to its guest. */
export interface SshLink {
  /** Runs a shell command to its end. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command and leaves its standard streams to the caller. */
  open(command: string): Promise<Duplex>;
}
