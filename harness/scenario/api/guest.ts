import { KconformError } from '../../errors/error.ts';
import type { AgentClient } from '../../guest/agent/client.ts';
import type { ExecOptions, ExecResult } from '../../guest/agent/commands.ts';
import { textOf } from '../forms/records.ts';
import { GuestProcess } from './process.ts';
import { type SpawnOptions, spawnProcess } from './spawn.ts';
import type { FileFacts } from './stat.ts';
import { Transcript } from './transcript.ts';

/** The result of a shell command. */
export interface ShellResult {
  /** UTF-8, without the last line feed. */
  readonly stdout: string;
  /** UTF-8, as it is. */
  readonly stderr: string;
  /** -1 if a signal ended the command. */
  readonly exitCode: number;
}

/** Runs commands in the guest, as root in /root with busybox's sh. */
export interface Shell {
  /**
   * Runs a command in the guest's shell; values are quoted, arrays word by word.
   * @throws KC_SHELL_FAILED (case) when it fails; KC_OBSERVATION (case) when it prints what is no UTF-8: `exec` gives bytes
   */
  (pieces: TemplateStringsArray, ...values: readonly ShellValue[]): Promise<ShellResult>;
  /** Runs a command that may fail. */
  readonly nothrow: (pieces: TemplateStringsArray, ...values: readonly ShellValue[]) => Promise<ShellResult>;
}

/** A value in a command: text or a number is one word, a list is several words. */
export type ShellValue = string | number | readonly (string | number)[];

/** The guest of one case: its shell, its processes, its files. */
export interface Guest {
  /** The guest's shell, as root: $`mkdir ${path}`; see Shell. */
  readonly $: Shell;
  /** Runs a shell command; input and output are bytes. The command may fail. @throws KC_OUTPUT_TOO_LARGE (case) beyond 16 MiB */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** A process that runs as root in the guest, for system calls. */
  readonly root: GuestProcess;
  /** Starts a process with the given namespaces, ids and capabilities. @throws KC_SPAWN (case) naming the call that failed */
  spawn(options?: SpawnOptions): Promise<GuestProcess>;
  /** stat(2) as root. @throws KC_GUEST_FILE (case) with the errno */
  stat(path: string): Promise<FileFacts>;
  /** The options of the newest mount at the path, as /proc/mounts prints them; null if nothing is mounted there. */
  mountOptions(path: string): Promise<string | null>;
  /** Reads a file as root, as UTF-8. @throws KC_GUEST_FILE (case) with the errno */
  readFile(path: string): Promise<string>;
  /** Reads a file as root, as bytes. @throws KC_GUEST_FILE (case) with the errno */
  readBytes(path: string): Promise<Buffer>;
  /**
   * Creates a file with the text or bytes, or replaces its content; as root.
   * @param options mode: the permissions, such as 0o755 for a script; default: 0644 for a new file
   * @throws KC_GUEST_FILE (case) with the errno
   */
  writeFile(path: string, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
  /** Whether the file exists: access(2) with F_OK as root, which follows symbolic links. False for any error. */
  exists(path: string): Promise<boolean>;
  /** The lines of dmesg(1) without level and time stamp, oldest first. */
  kernelLog(): Promise<string[]>;
}

/** @param transcript records what is done with the guest */
export async function createGuest(agent: AgentClient, transcript: Transcript = new Transcript()): Promise<Guest> {
  const root = await GuestProcess.start(agent, transcript);
  const exec = async (command: string, options: ExecOptions = {}): Promise<ExecResult> => {
    const entry = transcript.begin(`$ ${command}`);
    try {
      const result = await agent.exec(command, {
        ...options,
        onStdout: (bytes) => {
          entry.printed(bytes);
          options.onStdout?.(bytes);
        },
        onStderr: (bytes) => {
          entry.printed(bytes);
          options.onStderr?.(bytes);
        },
      });
      const end = result.signal === null ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
      entry.end(`  ${end}`);
      return result;
    } catch (error) {
      entry.end(`  ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };
  const shell = async (pieces: TemplateStringsArray, values: readonly ShellValue[]): Promise<ShellResult> => {
    const command = pieces.reduce((text, piece, index) => `${text}${quote(values[index - 1] ?? '')}${piece}`);
    const result = await exec(command);
    const exitCode = result.exitCode ?? -1;
    return {
      stdout: textOf(result.stdout, `what ${JSON.stringify(command)} printed`).replace(/\n$/, ''),
      stderr: textOf(result.stderr, `what ${JSON.stringify(command)} printed`),
      exitCode,
    };
  };
  const strict = async (pieces: TemplateStringsArray, ...values: readonly ShellValue[]) => {
    const result = await shell(pieces, values);
    if (result.exitCode === 0) return result;
    throw new KconformError(`a shell command failed (exit code ${result.exitCode}): ${pieces.join('…').trim()}`, {
      code: 'KC_SHELL_FAILED',
      blame: 'case',
      hint: 'use guest.$.nothrow`…` for a command that may fail',
      evidence: { output: result.stderr + result.stdout },
    });
  };
  const $: Shell = Object.assign(strict, {
    nothrow: (pieces: TemplateStringsArray, ...values: readonly ShellValue[]) => shell(pieces, values),
  });
  return {
    $,
    exec,
    root,
    spawn: (options = {}) => spawnProcess(() => GuestProcess.start(agent, transcript), root, options),
    stat: async (path) => await root.statOrThrow(path),
    mountOptions: (path) => mountOptions(root, path),
    readFile: (path) => root.readFile(path),
    readBytes: (path) => root.readBytes(path),
    writeFile: (path, data, options) => root.writeFile(path, data, options),
    exists: async (path) => (await root.access(path)).errno === null,
    kernelLog: async () =>
      (await $`dmesg`).stdout.split('\n').map((line) => line.replace(/^(<\d+>)?\[ *[\d.]+\] /, '')),
  };
}

/** The options of the newest mount at a place, as that process sees them in /proc/self/mounts. */
async function mountOptions(process: GuestProcess, path: string): Promise<string | null> {
  const lines = (await process.readFile('/proc/self/mounts')).split('\n').map((line) => line.split(' '));
  return lines.findLast((fields) => fields[1] === path)?.[3] ?? null;
}

/** A value as words of a shell command. */
export function quote(value: ShellValue): string {
  if (Array.isArray(value)) return value.map((word) => quote(word)).join(' ');
  const text = String(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
