import type { Command } from './commands.ts';
import type { CompileLine } from './compile-line.ts';
import { nameOf } from './compile-line.ts';
import { isLeftOut } from './known-commands.ts';

/** How a command names a program: by a path. */
const PATH = /(?:^|[\s;&|(])((?:\.\/|~\/|\/(?:root|tmp|home|mnt|opt|var\/tmp)\/)[\w./-]*\w)/g;

/** The name under which a report runs its program: that of the compiler's line, else the first that a command starts by its path. */
export function nameOfProgram(compile: CompileLine | undefined, commands: readonly Command[]): string | undefined {
  if (compile !== undefined) return compile.output ?? 'a.out';
  for (const { text } of commands.filter((one) => !isLeftOut(one.text))) {
    const [, path] = /(?:^|[;&|(]\s*|sudo )(\.\/[\w./-]*\w)/.exec(text) ?? [];
    const name = nameOf(path);
    if (name !== undefined && !/\.(?:c|sh|py)$/.test(name)) return name;
  }
  return undefined;
}

/** Whether one of the commands starts it. */
export function runsProgram(name: string, commands: readonly Command[]): boolean {
  return placesOf(name, commands).length > 0;
}

/** Where the commands expect it: `./repro`, `/tmp/repro`. */
export function placesOf(name: string, commands: readonly Command[]): string[] {
  const own = commands.filter(({ text }) => !isLeftOut(text));
  const paths = own.flatMap(({ text }) => [...text.matchAll(PATH)].map(([, path = '']) => path));
  return [...new Set(paths.filter((path) => nameOf(path) === name && !path.split('/').includes('..')))];
}
