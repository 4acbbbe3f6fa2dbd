import type { ErrorEntry } from './entry.ts';

/** Options, arguments and the configuration file. */
export const COMMAND_LINE = {
  KC_ACCEPT: {
    blame: ['host'],
    what: '`kconform accept` cannot change the expectation.',
    fix: 'Follow the hint: it needs a results.json with a failed value, and a terminal or --yes.',
  },
  KC_BISECT: {
    blame: ['host'],
    what: '`kconform bisect` cannot start or continue with these kernels, or an option is not for what is named.',
    fix: 'Follow the hint: it needs several kernels, and a case or one file.',
  },
  KC_COMPARE: {
    blame: ['host'],
    what: '`kconform compare` needs two kernels or two results.',
    fix: 'Follow the hint. A path that exists is a path, also if it is called like a version.',
  },
  KC_CONFIGURATION: {
    blame: ['host'],
    what: 'The configuration file cannot be loaded or is invalid.',
    fix: 'Correct the file that the message names; the hint shows a valid one.',
  },
  KC_COPY: {
    blame: ['host'],
    what: 'A file could not be copied to or from the guest, or the argument of --copy is invalid.',
    fix: 'Use `--copy ./file:/tmp/file`, or `--copy guest:/tmp/log:./log` to copy out when the shell ends.',
  },
  KC_INTERRUPTED: {
    blame: ['host'],
    what: 'The command was interrupted (Ctrl-C, SIGTERM or SIGHUP).',
    fix: 'Run it again; with --out, `--resume` continues an interrupted run.',
  },
  KC_NEW_CASE: {
    blame: ['host'],
    what: '`kconform new` cannot create the case.',
    fix: 'Follow the hint: choose another name, or correct the file to import.',
  },
  KC_NOT_OBSERVED: {
    blame: ['kernel', 'case', 'harness', 'host'],
    what: 'The scenario did not finish, so `kconform new` cannot write an expectation.',
    fix: 'Try a kernel on which it finishes (--kernel); `npx kconform repro` shows the scenario live.',
  },
  KC_REPORT: {
    blame: ['case'],
    what: 'A bug report cannot be read, or contains nothing that can be run or compared.',
    fix: 'Follow the hint; `npx kconform repro FILE --dry-run` shows what was found in a report.',
  },
  KC_NO_CASE_TOUCHES: {
    blame: ['host'],
    what: 'No case concerns the files that the patches of `kconform try` change.',
    fix: 'Name cases (`--case bpffs`), or a scenario (`--scenario report.c`).',
  },
  KC_SHARD: {
    blame: ['host'],
    what: 'The part of a run (--shard or the variables of the CI system) is invalid.',
    fix: 'Use `--shard 1/4` to `--shard 4/4` for the four parts of a run.',
  },
} as const satisfies Record<string, ErrorEntry>;
