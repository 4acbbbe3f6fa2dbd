/** Why a program was not made, from what make and the compiler print. */
export interface MakeErrors {
  /** Name of the program → the first error of the compiler for it. */
  readonly programs: ReadonlyMap<string, string>;
  /** The first error of the whole log. */
  readonly first: string | undefined;
}

/** `lib.mk:222: /path/of/net/tls] Error 1`; the errors of its compiler stand before it. */
const FAILED = /^make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*: )?([^\]]+)\] Error \d+/;
const ERROR =
  /(?:^|\s)(?:fatal error|error|undefined reference|ERROR)\b|not found$|^make.*: No such file or directory$|No rule to make target|cannot find -l/;

/** @param folder of the target; what make names there begins with it */
export function readMakeErrors(log: string, folder: string): MakeErrors {
  const programs = new Map<string, string>();
  let pending: string[] = [];
  let first: string | undefined;
  for (const line of log.split('\n')) {
    const [, target] = FAILED.exec(line) ?? [];
    if (target === undefined) {
      if (ERROR.test(line)) pending.push(line.trim());
      continue;
    }
    const name = target.startsWith(`${folder}/`) ? target.slice(folder.length + 1) : target;
    // make -j mixes the errors of two programs: one that names the program's own source is its own.
    const own = pending.filter((error) => error.startsWith(`${name.replace(/\.o$/, '')}.`));
    const reason = own[0] ?? pending[0] ?? line;
    first ??= reason;
    if (!programs.has(name)) programs.set(name, reason);
    pending = own.length === 0 ? [] : pending.filter((error) => !own.includes(error));
  }
  return { programs, first: first ?? pending[0] };
}
