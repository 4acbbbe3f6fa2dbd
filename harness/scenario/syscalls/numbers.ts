import { KconformError } from '../../errors/error.ts';
import { CREDENTIALS } from './credentials.ts';
import { EVENTS } from './events.ts';
import { FILES } from './files.ts';
import { MEMORY } from './memory.ts';
import { MESSAGES } from './messages.ts';
import { MOUNTS } from './mounts.ts';
import { PATHS } from './paths.ts';
import { PROCESSES } from './processes.ts';
import { SYSTEM } from './system.ts';

/** System call numbers of x86-64 by name (asm/unistd_64.h of Linux 6.12; checked against the header by a test). */
export const SYSCALLS = {
  ...FILES,
  ...PATHS,
  ...MOUNTS,
  ...MEMORY,
  ...PROCESSES,
  ...CREDENTIALS,
  ...EVENTS,
  ...MESSAGES,
  ...SYSTEM,
} as const;

/** The name of a system call of x86-64, as asm/unistd_64.h has it without __NR_. */
export type SyscallName = keyof typeof SYSCALLS;

/** @throws KC_UNKNOWN_SYSCALL (case) for a name that no compiler has checked */
export function syscallNumber(name: SyscallName | number): number {
  const number: number | undefined = typeof name === 'number' ? name : SYSCALLS[name];
  if (number !== undefined) return number;
  throw new KconformError(`there is no system call ${name}`, {
    code: 'KC_UNKNOWN_SYSCALL',
    blame: 'case',
    hint: 'system calls have the names of asm/unistd_64.h; one that is not known here can be called by its number',
  });
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(SYSCALLS).map(([name, number]) => [number, name]));

export function syscallName(name: SyscallName | number): string {
  return typeof name === 'string' ? name : (NAMES.get(name) ?? `syscall_${name}`);
}
