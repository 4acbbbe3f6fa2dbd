import { join } from 'node:path';
import { execa } from 'execa';
import { expect, vi } from 'vitest';
import { REPOSITORY } from '../end-to-end/command-line.test-support.ts';

export const LIMIT_MS = 900_000;
export const hasGdb = (await execa('gdb', ['--version'], { reject: false, stdin: 'ignore' })).exitCode === 0;

/** kconform with a standard input that stays open; ends when `press` is called. */
export function held(words: readonly string[]) {
  const child = execa('node', [join(REPOSITORY, 'harness/cli/kconform.mjs'), ...words], {
    reject: false,
    stdin: 'pipe',
    timeout: LIMIT_MS,
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  return {
    /** The command that it prints, as soon as it does. */
    command: () =>
      vi.waitFor(() => /(gdb .*'target remote [^']*')/.exec(told)?.[1] ?? expect.fail(told), {
        timeout: LIMIT_MS,
        interval: 500,
      }),
    press: () => child.stdin.write('\n'),
    ended: child,
  };
}

/** The printed command, with some more of gdb's own; kconform prints it for a shell. */
export const attach = async (command: string, ...commands: string[]) =>
  (
    await execa('sh', ['-c', `${command} -batch ${commands.map((one) => `-ex '${one}'`).join(' ')}`], {
      reject: false,
    })
  ).stdout; // its complaints about missing sources go to stderr, and would come between
