import { spawn } from 'node:child_process';

/** How a child process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The first 64 KiB of what it printed. */
  readonly output: string;
  /** Set when it could not be started at all. */
  readonly error: NodeJS.ErrnoException | undefined;
}

export interface Child {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  kill(): void;
}

const OUTPUT_LIMIT = 65536;
const running = new Set<() => void>();
process.once('exit', () => {
  for (const kill of running) kill();
});

/**
 * Starts a program that dies with us, even when we are killed with SIGKILL: setpriv(1) asks for a parent-death signal
 * (prctl(2), PR_SET_PDEATHSIG). node's spawn and not execa, which cannot hand on an open descriptor.
 */
export function startChild(file: string, args: readonly string[], inherited: readonly number[]): Child {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
    detached: true, // Ctrl-C at the terminal reaches us alone: we decide what it ends
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  running.add(kill);
  let output = '';
  const collect = (text: string) => {
    if (output.length < OUTPUT_LIMIT) output += text;
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  const exited = new Promise<Exit>((resolve) => {
    const end = (exit: Omit<Exit, 'output'>) => {
      running.delete(kill);
      resolve({ ...exit, output });
    };
    child.once('error', (error) => end({ code: null, signal: null, error }));
    child.once('close', (code, signal) => end({ code, signal, error: undefined }));
  });
  return { pid: child.pid, exited, kill };
}
