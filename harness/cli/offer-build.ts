import { createInterface } from 'node:readline/promises';

/**
 * Whether a kernel that a spec names and that is not there yet is to be built: asks where a person can answer.
 * @returns false without a terminal, and for every answer but yes
 */
export async function offerToBuild(spec: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // In its raw mode Ctrl-C reaches readline, not the process.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal.question(`${spec} is not built. Build it now (about 10 minutes)? [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
