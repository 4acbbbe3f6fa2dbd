import { constants } from 'node:os';
import type { CallArgument, ShellCommand, Step, SystemCall } from './parse-calls.ts';

/** What these return is a count or a number that differs from host to host. */
const COUNTS = [
  'read',
  'pread64',
  'getdents64',
  'lseek',
  'getpid',
  'getppid',
  'gettid',
  'getrandom',
  'readlink',
  'listxattr',
];

/**
 * A program in C that makes the same calls in the same order, prints each with its result, and says where it is another one than that
 * of the run. Its exit status is the number of such calls.
 * @param about what the run was, in a line
 */
export function programOf(steps: readonly Step[], about: string): string {
  const buffers: string[] = [];
  const lines = steps.map((step) => (step.kind === 'command' ? commandLine(step) : callLines(step, buffers)));
  return `${[
    '/*',
    ` * The calls of ${about.replaceAll('*/', '* /')}, in their order.`,
    ' * Each is printed with its result. A line that has another result than in the run says so; the exit status is the number of such',
    ' * lines. Compared are results and errors of system calls, and how commands end. Not compared are data that calls write, what',
    ' * commands print, and counts and numbers that differ from run to run (read, lseek, getpid, ...).',
    ' */',
    HEAD,
    ...buffers,
    ...(buffers.length === 0 ? [] : ['']),
    'int main(void)',
    '{',
    '\tsyscall(436 /* close_range */, 3, ~0U, 0); /* the run had no other descriptors open */',
    ...lines,
    '\treturn differing > 255 ? 255 : differing;',
    '}',
  ].join('\n')}\n`;
}

const HEAD = `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int differing;

/* Shows the result of a call. An error of 0 is success. A count may differ. */
__attribute__((unused)) static void show(long result, long recorded, int error, int is_count)
{
	int now = result == -1 ? errno : 0;
	int differs = now != error || (!error && !is_count && result != recorded);

	printf("  = %ld%s%s", result, now ? " " : "", now ? strerror(now) : "");
	if (differs && error)
		printf("   <-- the run: -1 %s", strerror(error));
	else if (differs)
		printf("   <-- the run: %ld", recorded);
	printf("\\n");
	fflush(stdout);
	differing += differs;
}

/* Shows a call before it is made: it may be the last one. A message of the kernel may follow at once, so the line ends. */
__attribute__((unused)) static void begin(const char *call)
{
	puts(call);
	fflush(stdout);
}

/* Runs a command. The run had this exit status; -1: a signal ended it. */
__attribute__((unused)) static void run(const char *command, int recorded)
{
	int status, exited;

	printf("$ %s\\n", command);
	fflush(stdout);
	status = system(command);
	exited = status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (exited == -1)
		printf("  no exit status: it did not run, or a signal ended it");
	else
		printf("  exit status %d", exited);
	if (exited != recorded && recorded == -1)
		printf("   <-- the run: a signal");
	else if (exited != recorded)
		printf("   <-- the run: %d", recorded);
	printf("\\n");
	differing += exited != recorded;
}
`;

function commandLine({ text, exitCode = -1 }: ShellCommand): string {
  return `\trun(${literal(Buffer.from(text))}, ${exitCode});`;
}

function callLines(call: SystemCall, buffers: string[]): string {
  const assignments: string[] = [];
  const args = call.args.map((argument) => expressionOf(argument, buffers, assignments));
  const error = call.errno === null ? 0 : errnoNumber(call.errno);
  const isCount = COUNTS.includes(call.name) ? 1 : 0;
  const made = `syscall(${[`${call.number} /* ${call.name} */`, ...args].join(', ')})`;
  const recorded = `${call.value}L, ${error}, ${isCount}`;
  const begin = `\tbegin(${literal(Buffer.from(call.shown))});`;
  return [...assignments, begin, `\tshow(${made}, ${recorded});`].join('\n');
}

function errnoNumber(name: string): number {
  const numbers: Readonly<Record<string, number>> = constants.errno;
  const number = numbers[name];
  if (number === undefined) throw new RangeError(`no such error: ${name}`);
  return number;
}

/** @param buffers takes declarations @param assignments takes statements that must run before the call */
function expressionOf(argument: CallArgument, buffers: string[], assignments: string[]): string {
  if (argument.kind === 'number') return `${argument.value}L`;
  if (argument.kind === 'text') return literal(Buffer.from(argument.value));
  const name = `buffer${buffers.length}`;
  const { bytes } = argument;
  const content = bytes.every((byte) => byte === 0) ? '' : ` = ${bytesLiteral(bytes)}`;
  buffers.push(`static unsigned char ${name}[${Math.max(bytes.length, 1)}] __attribute__((aligned(16)))${content};`);
  for (const [offset, target] of argument.pointers) {
    const value = expressionOf(target, buffers, assignments);
    assignments.push(`\t*(const void **)(${name} + ${offset}) = ${value};`);
  }
  return name;
}

function bytesLiteral(bytes: Buffer): string {
  return `{ ${[...bytes].join(', ')} }`;
}

/** A string of C, in which no byte has another meaning; octal, as what follows a hexadecimal escape would belong to it. */
function literal(bytes: Buffer): string {
  const inner = [...bytes].map((byte) => {
    const letter = String.fromCharCode(byte);
    if (letter === '"' || letter === '\\') return `\\${letter}`;
    if (letter === '?') return '\\?'; // a trigraph
    return byte >= 0x20 && byte < 0x7f ? letter : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${inner.join('')}"`;
}
