import { Command } from 'commander';
import { kconformVersion } from './version.ts';

type Load = () => Promise<(program: Command) => void>;

/**
 * The commands by task, in the order of `--help`. Each is loaded only when it is named: loading all of them takes longer than a
 * clone's first answer.
 */
export const COMMAND_GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Run and judge:': {
    run: async () => (await import('./commands/run.ts')).addRunCommand,
    report: async () => (await import('./commands/report.ts')).addReportCommand,
    merge: async () => (await import('./commands/merge.ts')).addMergeCommand,
  },
  'Reproduce:': {
    repro: async () => (await import('./commands/repro.ts')).addReproCommand,
    shell: async () => (await import('./commands/shell.ts')).addShellCommand,
    try: async () => (await import('./commands/try.ts')).addTryCommand,
    repl: async () => (await import('./commands/repl.ts')).addReplCommand,
    evidence: async () => (await import('./commands/evidence.ts')).addEvidenceCommand,
    mail: async () => (await import('./commands/mail.ts')).addMailCommand,
  },
  'Many kernels:': {
    compare: async () => (await import('./commands/compare.ts')).addCompareCommand,
    matrix: async () => (await import('./commands/matrix.ts')).addMatrixCommand,
    timeline: async () => (await import('./commands/timeline.ts')).addTimelineCommand,
    bisect: async () => (await import('./commands/bisect.ts')).addBisectCommand,
    audit: async () => (await import('./commands/audit.ts')).addAuditCommand,
    watch: async () => (await import('./commands/watch.ts')).addWatchCommand,
  },
  'Write cases:': {
    cases: async () => (await import('./commands/cases.ts')).addCasesCommand,
    new: async () => (await import('./commands/new.ts')).addNewCommand,
    accept: async () => (await import('./commands/accept.ts')).addAcceptCommand,
    prove: async () => (await import('./commands/prove.ts')).addProveCommand,
  },
  'Machine:': {
    kernels: async () => (await import('./commands/kernels.ts')).addKernelsCommand,
    build: async () => (await import('./commands/build.ts')).addBuildCommand,
    packages: async () => (await import('./commands/packages.ts')).addPackagesCommand,
    cache: async () => (await import('./commands/cache.ts')).addCacheCommand,
    doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
};

/** True for the name of a command. */
export function isCommand(word: string): boolean {
  return Object.values(COMMAND_GROUPS).some((commands) => Object.hasOwn(commands, word));
}

/** @param only the command to load; all without it */
export async function makeProgram(only?: string): Promise<Command> {
  const program = new Command('kconform')
    .description('Boot Linux kernels in QEMU, run cases on them, and print which kernels behave as expected.')
    .version(kconformVersion(), '-V, --version', 'print the version')
    .option('--debug', 'print the code, the blame and the stack trace of errors')
    .helpOption('-h, --help', 'print the help')
    .addHelpText('after', HELP)
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  for (const [heading, commands] of Object.entries(COMMAND_GROUPS)) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(commands))
      if (only === undefined || name === only) (await load())(program);
  }
  return program.helpCommand('help [command]', 'print the help of a command');
}

const HELP = `
Examples:
  npx kconform run                                     run every case on the newest published 6.12 kernel
  npx kconform run bpffs --kernel 6.12.43 --kernel 6.12.57
  npx kconform repro report.c --kernel 6.12.57         see whether this file makes the kernel misbehave
  npx kconform new bpffs/my-case --from report.c       turn it into a case with a proposed expectation
  npx kconform shell --kernel 6.12.57                  open a shell in a guest
  npx kconform build                                   build a kernel with kmemleak, lockdep and more
  npx kconform doctor                                  check this machine

Exit codes: 0 all verdicts as expected, 1 some FAIL or XPASS, 2 some ERROR or nothing could be run, 130 interrupted.`;
