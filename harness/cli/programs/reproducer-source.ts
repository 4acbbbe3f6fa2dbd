import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { describeFound } from '../../bug-reports/choose.ts';
import type { Found, FoundCommands, FoundProgram } from '../../bug-reports/found.ts';
import { isOfUser, needsBash } from '../../bug-reports/session/session-script.ts';
import { isLeftOut } from '../../bug-reports/text/known-commands.ts';
import { nameOfProgram, placesOf } from '../../bug-reports/text/runs-program.ts';
import { sourceOfFile } from '../../evidence/case-source.ts';
import { type KeptSource, PLAIN_SOURCE } from '../../evidence/kept-source.ts';
import type { Program } from '../../scenario/programs/program-request.ts';
import type { Subject } from './load.ts';

const SCENARIOS: Readonly<Record<string, 'c' | 'shell' | 'typescript'>> = {
  '.c': 'c',
  '.sh': 'shell',
  '.ts': 'typescript',
};

/** What can be handed on of a file or a folder that was run. */
export async function sourceOfSubject(path: string, { program, found }: Subject): Promise<KeptSource> {
  const form = SCENARIOS[extname(path)];
  const folder = dirname(resolve(path));
  if (program === undefined && form !== undefined) return sourceOfFile(folder, basename(path), form);
  if (program !== undefined && isOneSource(program)) {
    const { flags = [], libraries = [], args = [] } = program;
    const source = await sourceOfFile(folder, basename(path), 'c');
    return { ...source, flags: [...flags], libraries: [...libraries], arguments: [...args], about: 'a program in C' };
  }
  return { ...PLAIN_SOURCE, form: 'other', about: found ?? `the program ${basename(path)}`, files: new Map() };
}

/** One file in C, and nothing else of the host. */
function isOneSource({ sources = [], include, make, files, env, workdir }: Program): boolean {
  const others = [include, make, files, env, workdir];
  return sources.length === 1 && others.every((one) => one === undefined);
}

/**
 * What can be handed on of a part of a bug report.
 * @param folder the files that were made of it
 * @param request what the command line says of the program
 */
export async function sourceOfReport(found: Found, folder: string, request: Program): Promise<KeptSource> {
  const about = describeFound(found);
  const plain = { ...PLAIN_SOURCE, about, arguments: [...(request.args ?? [])] };
  switch (found.kind) {
    case 'program':
      if (found.commands.length > 0) return sourceOfCommands(found, folder, about);
      return {
        ...plain,
        form: 'c',
        main: 'report.c',
        flags: [...(request.flags ?? withoutUsual(found.compile?.flags ?? []))],
        libraries: [...(request.libraries ?? found.compile?.libraries ?? [])],
        files: await filesIn(folder, ['report.c']),
      };
    case 'script':
      return { ...plain, form: 'script', main: 'script', files: await filesIn(folder, ['script']) };
    case 'commands':
      return sourceOfCommands(found, folder, about);
    case 'selftest': {
      const name = found.isScript ? 'selftest.sh' : 'selftest.c';
      const text = `${about} of tools/testing/selftests/${found.target}, which is built in the kernel's tree`;
      return { ...plain, form: 'other', about: text, files: new Map([[name, Buffer.from(found.text)]]) };
    }
  }
}

/** Options that kconform gives in its own way, so that a program maps fixed addresses safely. */
function withoutUsual(flags: readonly string[]): string[] {
  return flags.filter((flag) => !/^-(?:static|f(?:no-)?pi[ec])$/i.test(flag));
}

/** As a script that prints each command before it runs. */
async function sourceOfCommands(
  { commands, ...found }: FoundProgram | FoundCommands,
  folder: string,
  about: string,
): Promise<KeptSource> {
  const own = commands.filter(({ text }) => !isLeftOut(text));
  const compile = 'compile' in found ? found.compile : undefined;
  const name = found.kind === 'program' ? nameOfProgram(compile, own) : undefined;
  const user = isOfUser(own) ? ['[ "$(id -u)" != 0 ] || exec su -s /bin/sh user -c "cd; exec $0"'] : [];
  const head = [`#!/bin/${needsBash(own) ? 'bash' : 'sh'}`, ...user, 'sudo() { "$@"; }', 'set -x'];
  const script = `${[...head, ...own.map(({ text }) => text)].join('\n')}\n`;
  const program = await filesIn(folder, found.kind === 'program' ? ['report.c'] : []);
  return {
    ...PLAIN_SOURCE,
    form: 'commands',
    main: 'commands.sh',
    about,
    flags: withoutUsual(compile?.flags ?? []),
    libraries: [...(compile?.libraries ?? [])],
    places: name === undefined ? [] : placesOf(name, own),
    files: new Map([['commands.sh', Buffer.from(script)], ...program]),
  };
}

async function filesIn(folder: string, names: readonly string[]): Promise<Map<string, Buffer>> {
  const there = names.filter((name) => existsSync(join(folder, name)));
  const read = there.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))]);
  return new Map(await Promise.all(read));
}
