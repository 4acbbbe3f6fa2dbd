/** How a program ended. */
interface End {
  readonly exitCode: number | null;
}

/**
 * What starts a program says last when it cannot: images/guest/scenario.c, glibc's loader (two lines), stdbuf of coreutils, a shell that is
 * given the command itself (a script's own messages begin with its name).
 */
const LAST_WORDS: readonly { readonly statuses: readonly number[]; readonly words: RegExp }[] = [
  { statuses: [127], words: /^scenario: the program (cannot be executed)$/ },
  { statuses: [127], words: /: (error while loading shared libraries: .*)$/ },
  { statuses: [1], words: /: (version `GLIBC_\S+' not found .*)$/ },
  {
    statuses: [126, 127],
    words: /^(?:\/bin\/)?sh: (?:(?:line )?\d+: )?(\S+: (?:not found|Permission denied|Exec format error))$/,
  },
  { statuses: [126, 127], words: /^\S*stdbuf: (failed to run command .*)$/ },
];

/**
 * Why a program was not started, from its exit status and the last line of its output; undefined if it was. That says nothing
 * about the kernel: an interpreter or a library is missing in the guest.
 */
export function startFailure(output: Uint8Array, { exitCode }: End): string | undefined {
  const last = Buffer.from(output.subarray(-1000)).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  for (const { statuses, words } of LAST_WORDS) {
    const reason = exitCode !== null && statuses.includes(exitCode) ? words.exec(last)?.[1] : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** What to do about it. */
export const NOT_STARTED_HINT = 'its interpreter or a library is missing there: packages and files bring them';
