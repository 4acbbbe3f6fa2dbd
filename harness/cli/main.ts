import { Command, CommanderError } from 'commander';
import { isOfAuthor } from '../authors/author-threw.ts';
import { printError } from '../report/text/error.ts';
import { guardStandardOutput } from './standard-output.ts';
import { kconformVersion } from './version.ts';

const program = new Command('kconform')
  .description('Does this kernel behave as it should, and since when?')
  .version(kconformVersion())
  .option('--debug', 'print stack traces with errors')
  .addHelpText(
    'after',
    `
Examples:
  npx kconform run                                     every case on the newest published 6.12 kernel
  npx kconform run bpffs --kernel 6.12.43 --kernel 6.12.57
  npx kconform repro report.c --kernel 6.12.57         does this file make the kernel misbehave?
  npx kconform new bpffs/my-case --from report.c       a case of it, with a proposal of what to expect
  npx kconform shell --kernel 6.12.57                  a shell in a guest
  npx kconform build                                   an instrumented kernel: kmemleak, lockdep and the like
  npx kconform kernels                                 the kernels that can be named
  npx kconform cases                                   the cases, and what they hold the kernel to
  npx kconform doctor                                  what this machine can do

Exit codes: 0 every verdict as expected, 1 some FAIL or XPASS, 2 some ERROR or nothing could be run, 130 interrupted.`,
  )
  .showHelpAfterError('(--help tells more)')
  .exitOverride();

/** Each is loaded only when it is named: loading all of them takes longer than a clone's first answer. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  report: async () => (await import('./commands/report.ts')).addReportCommand,
  repro: async () => (await import('./commands/repro.ts')).addReproCommand,
  shell: async () => (await import('./commands/shell.ts')).addShellCommand,
  cases: async () => (await import('./commands/cases.ts')).addCasesCommand,
  timeline: async () => (await import('./commands/timeline.ts')).addTimelineCommand,
  matrix: async () => (await import('./commands/matrix.ts')).addMatrixCommand,
  compare: async () => (await import('./commands/compare.ts')).addCompareCommand,
  bisect: async () => (await import('./commands/bisect.ts')).addBisectCommand,
  merge: async () => (await import('./commands/merge.ts')).addMergeCommand,
  audit: async () => (await import('./commands/audit.ts')).addAuditCommand,
  watch: async () => (await import('./commands/watch.ts')).addWatchCommand,
  prove: async () => (await import('./commands/prove.ts')).addProveCommand,
  repl: async () => (await import('./commands/repl.ts')).addReplCommand,
  build: async () => (await import('./commands/build.ts')).addBuildCommand,
  new: async () => (await import('./commands/new.ts')).addNewCommand,
  accept: async () => (await import('./commands/accept.ts')).addAcceptCommand,
  kernels: async () => (await import('./commands/kernels.ts')).addKernelsCommand,
  cache: async () => (await import('./commands/cache.ts')).addCacheCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
};
const words = process.argv.slice(2);
const named = words.find((word) => Object.hasOwn(COMMANDS, word) || word === '--version');
for (const [name, load] of Object.entries(COMMANDS)) if (named === undefined || name === named) (await load())(program);

/** 1 would say that a kernel misbehaves; git bisect run takes 1 to 127 for a word about the commit. */
const FAULT = named === 'bisect' && words.some((word) => word.startsWith('--tree')) ? 128 : 2;
const debug = words.includes('--debug');

guardStandardOutput(FAULT);

// What a person at the prompt began and does not await (yet) must not end it.
const neverAwaited = new Set<unknown>();
process.on('rejectionHandled', (promise) => neverAwaited.delete(promise));
process.on('unhandledRejection', (reason, promise) => tellUnawaited(reason, promise));
process.on('uncaughtException', (error) => tellUnawaited(error, error));

function tellUnawaited(thrown: unknown, by: unknown): void {
  const ofPerson = isOfAuthor(thrown);
  neverAwaited.add(by);
  process.stderr.write(`${ofPerson ? 'not awaited: ' : ''}${printError(thrown, { debug })}`);
  if (!ofPerson) process.exit(FAULT);
}

// We end by process.exit(): here a promise is awaited that nothing is left to keep.
process.on('beforeExit', () => {
  process.stderr.write(printError(new TypeError('nothing is left that it could wait for, and it has not finished')));
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
// What was written to a pipe must get there first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit();
