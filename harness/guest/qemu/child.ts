import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

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
  /** Kills the process and every process of its group, and waits for its exit, but not longer than two seconds. */
  end(): Promise<void>;
}

const OUTPUT_LIMIT = 65536;
/** How long the pipes of a process that has exited are read on: a process that it left behind may keep them open. */
const CLOSE_MS = 300;
/** A process in an uninterruptible sleep, on a dead network file system for example, does not exit when it is killed. */
const KILL_MS = 2_000;

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) killGroup(pid);
});

/**
 * Starts a program that dies with us, even when we are killed with SIGKILL: setpriv(1) asks for a parent-death signal
 * (prctl(2), PR_SET_PDEATHSIG). node's spawn and not execa, which cannot hand on an open descriptor.
 *
 * The program may be a script that runs the real one as its child, so everything in its process group is ended with it.
 */
export function startChild(file: string, args: readonly string[], inherited: readonly number[] = []): Child {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
    detached: true, // a process group of its own; Ctrl-C at the terminal reaches us alone
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let output = '';
  const collect = (text: string) => {
    if (output.length < OUTPUT_LIMIT) output += text;
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const releasePipes = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: null, signal: null, error, output }));
    child.once('exit', async (code, signal) => {
      if (pid !== undefined) {
        killGroup(pid);
        running.delete(pid);
      }
      await Promise.race([closed, sleep(CLOSE_MS)]);
      releasePipes();
      resolve({ code, signal, error: undefined, output });
    });
  });
  return {
    pid,
    exited,
    async end() {
      if (pid !== undefined && running.has(pid)) killGroup(pid);
      const hasExited = await Promise.race([exited, sleep(KILL_MS, 'late', { ref: false })]);
      if (hasExited !== 'late') return;
      child.unref();
      releasePipes();
    },
  };
}

/** @param leader the pid of a process that was started as the leader of its group */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: no process of the group is left
  }
}
