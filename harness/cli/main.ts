import { CommanderError } from 'commander';
import { isOfAuthor } from '../authors/author-threw.ts';
import { findSourcesWith } from '../kernels/sources/archive.ts';
import { printError } from '../report/text/error.ts';
import { findDefaults } from './defaults.ts';
import { isCommand, makeProgram } from './program.ts';
import { guardStandardOutput } from './standard-output.ts';

const words = process.argv.slice(2);
const named = words.find((word) => isCommand(word) || word === '--version');
const program = await makeProgram(named);

/** Exit code 1 would mean that a kernel misbehaves; git bisect run reads 1 to 127 as a verdict on the commit. */
const FAULT = named === 'bisect' && words.some((word) => word.startsWith('--tree')) ? 128 : 2;
const debug = words.includes('--debug');

guardStandardOutput(FAULT);
findSourcesWith(async () => (await findDefaults()).sources ?? []);

// A call that a person started at the prompt and does not await (yet) must not end kconform.
const neverAwaited = new Set<unknown>();
process.on('rejectionHandled', (promise) => neverAwaited.delete(promise));
process.on('unhandledRejection', (reason, promise) => printUnawaited(reason, promise));
process.on('uncaughtException', (error) => printUnawaited(error, error));

function printUnawaited(thrown: unknown, by: unknown): void {
  const isOfPerson = isOfAuthor(thrown);
  neverAwaited.add(by);
  process.stderr.write(`${isOfPerson ? 'not awaited: ' : ''}${printError(thrown, { debug })}`);
  if (!isOfPerson) process.exit(FAULT);
}

// A finished command ends by process.exit(). Here it awaits a promise that nothing can fulfil.
process.on('beforeExit', () => {
  process.stderr.write(
    printError(new TypeError('internal error: the event loop is empty but the command has not finished')),
  );
  process.exit(FAULT);
});

try {
  await program.parseAsync();
} catch (error) {
  const ofCommander = error instanceof CommanderError;
  if (!ofCommander) process.stderr.write(printError(error, { debug }));
  process.exitCode = ofCommander && error.exitCode === 0 ? 0 : FAULT;
}

if (neverAwaited.size > 0 && (process.exitCode ?? 0) === 0) process.exitCode = FAULT;
// Data written to a pipe must arrive first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit();
