import { AT, CLONE, FSCONFIG, MNT, MOUNT_ATTR, MS, O, PR, S, SIG } from '../../scenario/api/constants.ts';
import { CMD } from '../../scenario/bpf/commands.ts';
import { SYSCALLS } from '../../scenario/syscalls/numbers.ts';

/** An argument of a system call, as a transcript shows it. */
export type CallArgument =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'text'; readonly value: string }
  /** Bytes, and at some offsets the addresses of others. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly pointers: readonly (readonly [number, CallArgument])[] };

export interface SystemCall {
  readonly kind: 'call';
  /** As the transcript shows it, without the process and the result. */
  readonly shown: string;
  readonly name: string;
  readonly number: number;
  readonly args: readonly CallArgument[];
  readonly value: bigint;
  readonly errno: string | null;
}

/** A command of the shell. */
export interface ShellCommand {
  readonly kind: 'command';
  readonly text: string;
  /** undefined for one that a signal ended. */
  readonly exitCode: number | undefined;
}

export type Step = SystemCall | ShellCommand;

/** Names as transcripts show them (harness/scenario/agent/strace.ts), each with its number. */
const NAMES: ReadonlyMap<string, number> = new Map(
  (
    [
      ['AT_', AT],
      ['BPF_', CMD],
      ['CLONE_', CLONE],
      ['FSCONFIG_', FSCONFIG],
      ['MNT_', MNT],
      ['MOUNT_ATTR_', MOUNT_ATTR],
      ['MS_', MS],
      ['O_', O],
      ['PR_', PR],
      ['SIG', SIG],
      ['S_', S],
    ] as const
  ).flatMap(([prefix, names]) =>
    Object.entries(names).map(([name, value]): [string, number] => [prefix + name, value]),
  ),
);

/** These only write to the buffers that they are given; a zeroed one is as good as that of the run. */
const WRITES_ONLY = [
  'read', 'pread64', 'readlink', 'readlinkat', 'stat', 'fstat', 'lstat', 'newfstatat', 'statx', 'statfs', 'fstatfs', 'getdents64',
  'pipe', 'pipe2', 'socketpair', 'getcwd', 'getrandom', 'uname', 'sysinfo', 'getxattr', 'lgetxattr', 'fgetxattr', 'listxattr',
  'clock_gettime', 'getrlimit', 'getrusage', 'getresuid', 'getresgid', 'capget',
]; // biome-ignore format: names by their subjects

/** After these, a child of the process would not run where the shell of the guest runs. */
const LEAVES_SHELL = [
  'unshare',
  'setns',
  'chroot',
  'pivot_root',
  'chdir',
  'fchdir',
  'setuid',
  'setgid',
  'setresuid',
  'setresgid',
  'capset',
];

/** Results of these are addresses of the run, which later calls would name. */
const GIVES_ADDRESSES = ['mmap', 'mremap', 'brk', 'shmat', 'clone', 'clone3', 'fork', 'vfork', 'execve', 'execveat'];

/**
 * The system calls and commands of a transcript, where one process made them one after the other and the transcript has all that they
 * were given.
 * @returns why they cannot be made again, as a phrase that can follow "because"
 */
export function stepsIn(transcript: string): readonly Step[] | { readonly because: string } {
  const steps: Step[] = [];
  const processes = new Set<string>();
  // Behind it are the repetitions of an unexpected result.
  const [first = ''] = transcript.split(/^== once more /m);
  for (const line of joined(first.split('\n'))) {
    if (line === '' || /^(process \d+ started|compiled with |observed )/.test(line)) continue;
    if (OF_COMMAND.test(line)) {
      const last = steps.at(-1);
      if (last?.kind !== 'command') continue;
      const [, code] = /^ {2}exit code (\d+)/.exec(line) ?? [];
      const isSignal = /^ {2}signal /.test(line);
      if (code !== undefined || isSignal)
        steps[steps.length - 1] = { ...last, exitCode: code === undefined ? undefined : Number(code) };
      continue;
    }
    if (line.startsWith('$ ')) {
      if (/<unfinished>$/.test(line)) return { because: 'a command did not end' };
      if (line.endsWith('\\')) return { because: 'a command cannot be told from what it printed' };
      steps.push({ kind: 'command', text: line.slice(2), exitCode: 0 });
      continue;
    }
    const [, pid, rest = ''] = /^(\d+) (.*)$/s.exec(line) ?? [];
    if (pid === undefined) return { because: `the run did something else: ${line.slice(0, 60)}` };
    processes.add(pid);
    if (processes.size > 1) return { because: 'several processes made them' };
    const call = callIn(rest);
    if ('because' in call) return call;
    steps.push(call);
  }
  const names = new Set(steps.map((step) => (step.kind === 'call' ? step.name : '$')));
  const left = LEAVES_SHELL.find((name) => names.has(name));
  if (names.has('$') && left !== undefined) return { because: `a command follows or precedes ${left}` };
  return steps.length === 0 ? { because: 'there are none' } : steps;
}

/** What a command printed, and how it ended, as the transcript has it. */
const OF_COMMAND = /^ {2}(\| |\|$|\(\d+ more|exit code |signal )/;

/** A command of several lines is one entry of the transcript; what it printed is set off with blanks. */
function joined(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const before = whole.at(-1);
    const isNew =
      OF_COMMAND.test(line) ||
      /^(\$ |\d+ |process \d|observed |compiled with |the scenario )/.test(line) ||
      line === '';
    if (!isNew && before?.startsWith('$ ') === true) whole[whole.length - 1] = `${before}\n${line}`;
    else whole.push(line);
  }
  return whole;
}

function callIn(text: string): SystemCall | { readonly because: string } {
  const [, shown, name = '', value, errno] = /^((\w+)\(.*\)) = (-?\d+)(?: (E\w+))?$/s.exec(text) ?? [];
  if (shown === undefined || value === undefined)
    return { because: `the run did something else: ${text.slice(0, 60)}` };
  const number = Object.entries(SYSCALLS).find(([known]) => known === name)?.[1];
  if (number === undefined || GIVES_ADDRESSES.includes(name)) return { because: `${name} cannot be written down` };
  const args = argumentsIn(shown.slice(name.length + 1, -1), WRITES_ONLY.includes(name));
  if (args === undefined) return { because: `the transcript does not have all of ${shown.slice(0, 60)}` };
  return { kind: 'call', shown, name, number, args, value: BigInt(value), errno: errno ?? null };
}

/** @returns undefined where something is left out, or is a result of the run */
function argumentsIn(text: string, mayBeEmpty: boolean): CallArgument[] | undefined {
  const reader = new Reader(text);
  const args: CallArgument[] = [];
  while (!reader.isAtEnd()) {
    const argument = argumentAt(reader, mayBeEmpty);
    if (argument === undefined || !(reader.takes(', ') || reader.isAtEnd())) return undefined;
    args.push(argument);
  }
  return args;
}

class Reader {
  #rest: string;
  constructor(text: string) {
    this.#rest = text;
  }
  isAtEnd(): boolean {
    return this.#rest === '';
  }
  takes(word: string): boolean {
    if (!this.#rest.startsWith(word)) return false;
    this.#rest = this.#rest.slice(word.length);
    return true;
  }
  match(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#rest);
    if (found === null || found.index !== 0) return undefined;
    this.#rest = this.#rest.slice(found[0].length);
    return found;
  }
}

function argumentAt(reader: Reader, mayBeEmpty: boolean): CallArgument | undefined {
  const text = reader.match(/^"(?:[^"\\]|\\.)*"/);
  if (text !== undefined) return { kind: 'text', value: String(JSON.parse(text[0])) };
  const head = reader.match(/^\{(\d+) bytes/);
  if (head !== undefined) return bytesAt(reader, Number(head[1]), mayBeEmpty);
  const word = reader.match(/^-?[\w|]+/)?.[0];
  const value = word === undefined ? undefined : numberOf(word);
  return value === undefined ? undefined : { kind: 'number', value };
}

function bytesAt(reader: Reader, length: number, mayBeEmpty: boolean): CallArgument | undefined {
  if (reader.takes('}')) return mayBeEmpty ? { kind: 'bytes', bytes: Buffer.alloc(length), pointers: [] } : undefined;
  const hex = reader.match(/^ ([0-9a-f]*)/)?.[1];
  if (hex?.length !== 2 * length) return undefined;
  const pointers: [number, CallArgument][] = [];
  while (!reader.takes('}')) {
    const offset = reader.match(/^, (\d+): /)?.[1];
    const target = offset === undefined ? undefined : argumentAt(reader, mayBeEmpty);
    if (target === undefined) return undefined;
    pointers.push([Number(offset), target]);
  }
  return { kind: 'bytes', bytes: Buffer.from(hex, 'hex'), pointers };
}

/** `5`, `-1`, `0755`, `0x10`, `NULL`, `MS_RDONLY|0x40`. */
function numberOf(word: string): bigint | undefined {
  let sum = 0n;
  for (const part of word.split('|')) {
    const known = part === 'NULL' ? 0 : NAMES.get(part);
    const isNumber = /^(-?\d+|0x[0-9a-f]+)$/.test(part);
    if (known === undefined && !isNumber) return undefined;
    sum |= known !== undefined ? BigInt(known) : BigInt(/^0[0-7]+$/.test(part) ? `0o${part.slice(1)}` : part);
  }
  return sum;
}
