import { relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { KconformError } from '../../errors/error.ts';
import type { Program } from '../../scenario/programs/program-request.ts';

/** What the options of a command say of a program; named as the fields of `program` in expect.ts. */
export interface ProgramOptions {
  readonly command?: string;
  readonly sources?: readonly string[];
  readonly include?: readonly string[];
  readonly flags?: readonly string[];
  readonly libraries?: readonly string[];
  readonly make?: string;
  readonly makeFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly beside?: readonly string[];
}

/** Adds the options that describe a program; docs/programs.md explains them. */
export function programOptions(command: Command): Command {
  return command
    .addOption(new Option('--command <file>', 'run this file of the folder, or of what the Makefile made'))
    .addOption(listed('--sources <file>', 'compile this source into the program; repeatable'))
    .addOption(listed('--include <folder>', 'look for headers in this folder; repeatable'))
    .addOption(
      new Option('--flags <options>', "give the compiler these options: '-D_GNU_SOURCE -O0'; repeatable").argParser(
        (value: string, before: readonly string[] = []) => [
          ...before,
          ...value.split(/\s+/).filter((one) => one !== ''),
        ],
      ),
    )
    .addOption(listed('--libraries <name>', 'link with this library: cap, for libcap; repeatable'))
    .addOption(new Option('--make <target>', 'make this target, in a copy of the folder'))
    .addOption(new Option('--make-folder <folder>', 'the folder with the Makefile, below that which is copied'))
    .addOption(
      new Option('--env <name=value>', 'set an environment variable of the program; repeatable').argParser(
        (value: string, before: Readonly<Record<string, string>> = {}) => ({ ...before, ...variable(value) }),
      ),
    )
    .addOption(new Option('--workdir <folder>', 'run it in this folder of the guest (default: that of the program)'))
    .addOption(listed('--beside <file>', 'put a file or folder beside the program: FILE, or FROM:TO; repeatable'));
}

function listed(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] = []) => [
    ...before,
    value,
  ]);
}

function variable(text: string): Readonly<Record<string, string>> {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('a variable is written as NAME=VALUE');
  return { [name]: value };
}

/** The options that ask for a program, as they are written; none where none is given. */
export function givenOptions(options: ProgramOptions): readonly string[] {
  const { command, sources, include, flags, libraries, make, makeFolder, env, workdir, beside } = options;
  const all = { command, sources, include, flags, libraries, make, 'make-folder': makeFolder, env, workdir, beside };
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
}

/**
 * What the options say, with paths from the folder of the program; on the command line they begin at the current folder.
 * @param args the words behind `--`
 */
export function requestOf(options: ProgramOptions, folder: string, args: readonly string[]): Program {
  const { command, sources, include, flags, libraries, make, makeFolder, env, workdir, beside } = options;
  const from = (path: string) => relative(folder, resolve(path)) || '.';
  return {
    ...(command !== undefined && { command }),
    ...(sources && { sources: sources.map(from) }),
    ...(include && { include: include.map(from) }),
    ...(flags && { flags }),
    ...(libraries && { libraries }),
    ...(make !== undefined && { make: { ...(makeFolder !== undefined && { folder: makeFolder }), target: make } }),
    ...(args.length > 0 && { args }),
    ...(env && { env }),
    ...(workdir !== undefined && { workdir }),
    ...(beside && { files: beside.map((text) => besideFile(text, from)) }),
  };
}

/** `data.txt` is the same as `data.txt:data.txt`. */
function besideFile(text: string, from: (path: string) => string): string {
  const [path = '', ...to] = text.split(':');
  return [from(path), ...(to.length === 0 ? [path.replace(/\/+$/, '').replace(/.*\//, '')] : to)].join(':');
}

/**
 * The arguments of a program: the words behind `--`.
 * @throws KC_PROGRAM (case) for a word before it, which may be a second file
 */
export function argumentsOf(words: readonly string[], commandLine: readonly string[]): readonly string[] {
  const at = commandLine.indexOf('--');
  const behind = at < 0 ? [] : commandLine.slice(at + 1);
  if (words.length <= behind.length) return words;
  throw new KconformError(`"${words[0]}" is one file too many`, {
    code: 'KC_PROGRAM',
    blame: 'case',
    hint: 'arguments of the program stand behind --: npx kconform repro ./program -- --selftest',
  });
}
