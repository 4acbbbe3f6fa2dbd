import { AT, CLONE, FSCONFIG, MNT, MOUNT_ATTR, MS, O, PR, S, SIG } from '../api/constants.ts';
import { Fd } from '../api/fd.ts';
import type { ErrnoResult } from '../api/result.ts';
import { CMD } from '../bpf/commands.ts';
import { syscallName } from '../syscalls/numbers.ts';
import { type Argument, type BatchResult, type Call, GuestBuffer, ResultOf } from './batch.ts';

type Show = (value: number) => string;
type Names = Readonly<Record<string, number>>;

const STRING_HEAD = 256;
const BYTES_HEAD = 64;

const directory: Show = (value) => (value === AT.FDCWD ? 'AT_FDCWD' : String(value));
const mode: Show = (value) => (value === 0 ? '0' : `0${value.toString(8)}`);
const fsconfigCommand = one('FSCONFIG_', FSCONFIG);
const bpfCommand = one('BPF_', CMD);
const openFlags = flags('O_', O, O.RDONLY);
const mountFlags = flags('MS_', MS);

/** How the numbers among a call's arguments are shown; those that are not named are decimal. */
const ARGUMENTS: Readonly<Record<string, readonly (Show | undefined)[]>> = {
  bpf: [bpfCommand],
  chmod: [undefined, mode],
  clone: [flags('CLONE_', CLONE)],
  faccessat: [directory],
  fchmodat: [directory, undefined, mode],
  fsconfig: [undefined, fsconfigCommand],
  fsmount: [undefined, undefined, flags('MOUNT_ATTR_', MOUNT_ATTR)],
  fspick: [directory],
  kill: [undefined, one('SIG', SIG)],
  mkdir: [undefined, mode],
  mkdirat: [directory, undefined, mode],
  mknod: [undefined, (value) => mknodMode(value)],
  mount: [undefined, undefined, undefined, mountFlags],
  mount_setattr: [directory],
  move_mount: [directory, undefined, directory],
  newfstatat: [directory],
  open: [undefined, openFlags, mode],
  open_tree: [directory],
  openat: [directory, undefined, openFlags, mode],
  prctl: [one('PR_', PR)],
  renameat2: [directory, undefined, directory],
  setns: [undefined, flags('CLONE_', CLONE)],
  statx: [directory],
  umask: [mode],
  umount2: [undefined, flags('MNT_', MNT)],
  unlinkat: [directory, undefined, flags('AT_', AT)],
  unshare: [flags('CLONE_', CLONE)],
};

/** `mount("bpffs", "/mnt", "bpf", 0, "uid=1")` */
export function showCall({ name, args }: Call): string {
  const known = syscallName(name);
  const shows = ARGUMENTS[known] ?? [];
  return `${known}(${args.map((argument, index) => showArgument(argument, shows[index])).join(', ')})`;
}

/** The result of each call of a batch, one line per call. */
export function showResults(calls: readonly Call[], result: BatchResult | undefined): string[] {
  return calls.map((call, index) => {
    const summary = result?.calls[index];
    const times =
      result?.iterations === 1 ? '' : ` (the last of ${result?.iterations}; ${summary?.failures ?? 0} failed)`;
    return `${showCall(call)} = ${summary === undefined ? '?' : showResult(summary.last)}${times}`;
  });
}

function showResult({ value, errno }: ErrnoResult): string {
  return errno === null ? String(value) : `-1 ${errno}`;
}

function showArgument(argument: Argument, show: Show | undefined): string {
  if (argument === null) return 'NULL';
  if (typeof argument === 'string') return quoted(argument);
  if (argument instanceof Fd) return String(argument.number);
  if (argument instanceof ResultOf) return `<result ${argument.call}>`;
  if (argument instanceof GuestBuffer) return showBuffer(argument);
  return show === undefined || typeof argument === 'bigint' ? String(argument) : show(argument);
}

/** `"text"`, or bytes in hexadecimal with what they point to: `{12 bytes 0a000000…, 8: "GPL"}`. */
function showBuffer({ bytes, out, pointers }: GuestBuffer, depth = 0): string {
  const text = bytes.toString('latin1').replace(/\0$/, '');
  if (pointers.size === 0 && text.length > 0 && /^[\x20-\x7e\n\t]*$/.test(text)) return quoted(text);
  if (out && bytes.every((byte) => byte === 0)) return `{${bytes.length} bytes}`;
  const end = Math.min(BYTES_HEAD, bytes.length);
  const targets =
    depth > 2 ? [] : [...pointers].map(([offset, target]) => `, ${offset}: ${showBuffer(target, depth + 1)}`);
  return `{${bytes.length} bytes ${bytes.subarray(0, end).toString('hex')}${end < bytes.length ? '…' : ''}${targets.join('')}}`;
}

function quoted(text: string): string {
  return text.length > STRING_HEAD ? `${JSON.stringify(text.slice(0, STRING_HEAD))}…` : JSON.stringify(text);
}

function one(prefix: string, names: Names): Show {
  return (value) => {
    const name = Object.keys(names).find((candidate) => names[candidate] === value);
    return name === undefined ? String(value) : prefix + name;
  };
}

function flags(prefix: string, names: Names, zero?: number): Show {
  const known = Object.entries(names).sort(([, one], [, other]) => other - one);
  return (value) => {
    let rest = value;
    const found: string[] = [];
    for (const [name, bits] of known) {
      if (bits <= 0 || (rest & bits) !== bits) continue;
      found.unshift(prefix + name);
      rest &= ~bits;
    }
    if (zero !== undefined && (value & 3) === zero) found.unshift(`${prefix}RDONLY`);
    if (rest !== 0) found.push(`0x${(rest >>> 0).toString(16)}`);
    return found.join('|') || '0';
  };
}

function mknodMode(value: number): string {
  const type = Object.entries(S).find(
    ([name, bits]) => name.startsWith('IF') && name !== 'IFMT' && bits === (value & S.IFMT),
  );
  return type === undefined ? mode(value) : `S_${type[0]}|${mode(value & ~S.IFMT)}`;
}
