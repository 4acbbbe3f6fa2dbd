import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { noRoomFor, scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import { type KernelHeaders, newestKernelHeaders } from '../../kernels/debian/kernel-headers.ts';
import { buildEnvironment } from './build-environment.ts';

/** What programs are compiled with where there is no newer package of headers. */
export const HOST_HEADERS = "the host's kernel headers";

/** What a compiler or a Makefile was run with, and what it printed. */
export interface Tried<T> {
  /** undefined: it failed. */
  readonly made: T | undefined;
  readonly said: string;
}

/** Something that was compiled. */
export interface Made<T> {
  readonly made: T;
  /** What the compiler said although it compiled. */
  readonly warnings: string;
  /** `linux-libc-dev 7.2.13-1 (sid)` */
  readonly with: string;
}

/**
 * Compiles with the newest kernel headers; with the host's where there are none, or where it compiles with those alone.
 * @param what for messages: a file
 * @param attempt compiles with those folders of headers before the system's own
 * @param advise tells from the compiler's words how to put it right
 * @throws KC_C_NOT_COMPILED (case), in the compiler's words
 */
export async function withNewestHeaders<T>(
  what: string,
  attempt: (folders: readonly string[]) => Promise<Tried<T>>,
  advise: (said: string) => string | undefined = () => undefined,
): Promise<Made<T>> {
  const headers = await newestKernelHeaders();
  const newest = await attempt(foldersOf(headers));
  if (newest.made !== undefined) {
    const notice = headers instanceof Error ? hostHeadersNotice(headers) : '';
    return { made: newest.made, warnings: `${notice}${newest.said}`, with: nameOf(headers) };
  }
  if (headers instanceof Error) throw notCompiled(what, newest.said, headers, advise(newest.said));
  const hosts = await attempt([]);
  if (hosts.made === undefined) throw notCompiled(what, newest.said, headers, advise(newest.said));
  const why = `${basename(what)} does not compile with ${headers.name}: ${firstError(newest.said)}`;
  return { made: hosts.made, warnings: `${why}; ${HOST_HEADERS} are used\n${hosts.said}`, with: HOST_HEADERS };
}

/** Before the host's own: of the C library's headers none is in these folders. */
export function foldersOf(headers: KernelHeaders | KconformError): readonly string[] {
  return headers instanceof Error ? [] : headers.folders;
}

export function nameOf(headers: KernelHeaders | KconformError): string {
  return headers instanceof Error ? HOST_HEADERS : headers.name;
}

let told = false;
/** Once in a process. */
function hostHeadersNotice({ message }: KconformError): string {
  if (told) return '';
  told = true;
  return `${message}; programs in C are compiled with ${HOST_HEADERS}\n`;
}

/** @param said what the compiler printed */
export function notCompiled(
  what: string,
  said: string,
  headers: KernelHeaders | KconformError,
  advice?: string,
): KconformError {
  const why = headers instanceof Error ? `; ${headers.message}` : '';
  return new KconformError(`${what} does not compile: ${firstError(said)}`, {
    code: 'KC_C_NOT_COMPILED',
    blame: 'case',
    hint: `${advice === undefined ? '' : `${advice}; `}compiled with ${nameOf(headers)}${why}`,
    evidence: { output: said },
  });
}

/** How the usual reasons are put right. */
export function adviceFor(said: string): string | undefined {
  const header = /fatal error: (\S+): No such file/.exec(said)?.[1];
  if (header !== undefined) return `add the folder with ${header} to include, or install the package that has it`;
  const library = /cannot find -l(\S+?):? /.exec(`${said} `)?.[1];
  if (library !== undefined) return `install the package with lib${library}`;
  if (/undefined reference/.test(said)) return 'add the missing source to sources, or the library to libraries';
  if (/undeclared|implicit declaration|unknown type name/.test(said)) return 'a file may need flags: -D_GNU_SOURCE';
  return undefined;
}

/** The line of a compiler's output that says what is wrong. */
export function firstError(said: string): string {
  const line =
    said.split('\n').find((candidate) => /\b(error|undefined reference|cannot find)\b/i.test(candidate)) ?? said;
  return line.replace(/^\S*\/(?=[^/\s]+:\d+)/, '').trim();
}

/** @param packages what brings it on Debian */
export function missingTool(what: string, packages: string): KconformError {
  return new KconformError(what, { code: 'KC_TOOL_MISSING', blame: 'host', hint: `apt-get install ${packages}` });
}

/** How a compiler is run: it may write into `scratch`, which is removed afterwards. */
export interface CompilerRun<T> {
  readonly command: string;
  readonly words: (scratch: string) => readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Reads what was made. */
  readonly take: (scratch: string) => Promise<T>;
}

/** @throws KC_TOOL_MISSING, KC_TMPDIR (host) */
export async function runCompiler<T>({ command, words, folder, env, take }: CompilerRun<T>): Promise<Tried<T>> {
  const scratch = scratchFolder('kconform-c-');
  try {
    const result = await execa(command, words(scratch), {
      cwd: folder,
      extendEnv: false,
      env: { ...buildEnvironment(), ...env, TMPDIR: scratch }, // the compiler's own temporary files; a relative TMPDIR means another folder there
      reject: false,
      all: true,
    });
    if (result.exitCode === undefined) throw missingTool(`there is no C compiler: ${command}`, toolPackages(command));
    if (result.exitCode === 0) return { made: await take(scratch), said: result.all };
    const noRoom = noRoomFor(result.all);
    if (noRoom !== undefined) throw noRoom;
    if (/cannot find -l(c|m|pthread)\b/.test(result.all))
      throw missingTool('there is no C library to link with', 'libc6-dev');
    return { made: undefined, said: result.all };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function toolPackages(command: string): string {
  return command === 'c++' ? 'g++' : 'gcc libc6-dev';
}

/** Where a compiler puts its result in a scratch folder. */
export function outputIn(scratch: string): string {
  return join(scratch, 'output');
}
