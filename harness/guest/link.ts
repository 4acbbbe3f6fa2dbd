import type { Duplex } from 'node:stream';

/** What a shell command of the guest came to. */
export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  /** The name of the signal that ended it, such as SIGKILL; null when it exited. */
  readonly signal: string | null;
}

export interface ExecOptions {
  /** Given to the command whole, text as UTF-8; then, or where nothing is given, its end of file. */
  readonly stdin?: string | Buffer;
  /** Milliseconds until the command is given up with KC_SHELL_TIMEOUT (case); without it the scenario's own limit holds. */
  readonly limitMs?: number;
  /** Gives the command up when it is aborted. */
  readonly signal?: AbortSignal;
  /** Standard output as it comes; it is in the result as well. */
  readonly onStdout?: (bytes: Buffer) => void;
  readonly onStderr?: (bytes: Buffer) => void;
}

/** Starts the system-call agent. */
export const AGENT = 'exec /bin/agent';

/** What a scenario needs of the connection to its guest. */
export interface SshLink {
  /** Runs a shell command to its end. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command and leaves its standard streams to the caller. */
  open(command: string): Promise<Duplex>;
}
