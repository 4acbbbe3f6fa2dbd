import type { ErrorEntry } from './entry.ts';

/** Reading and writing results and reports. */
export const RESULTS = {
  KC_EVIDENCE: {
    blame: ['host'],
    what: '`kconform evidence` or `mail` cannot write to the name of --to, or it exists.',
    fix: 'Name another one with --to; nothing that exists is replaced.',
  },
  KC_KCIDB_ORIGIN: {
    blame: ['host'],
    what: 'KCIDB_ORIGIN is not a valid origin.',
    fix: 'Use lower-case letters, digits and _, as agreed with the operators of the database.',
  },
  KC_MERGE: {
    blame: ['host'],
    what: 'The parts of a run cannot be merged.',
    fix: 'Follow the hint: all parts must have judged the same kernels, and --out must be another folder.',
  },
  KC_NOTHING_TO_REPORT: {
    blame: ['host'],
    what: '`kconform mail` cannot write this text from the results.',
    fix: 'Follow the hint: a report needs a FAIL or an XFAIL, a Tested-by the --out folder of `kconform try`.',
  },
  KC_NO_RESULTS: {
    blame: ['host'],
    what: 'There are no results for this request.',
    fix: 'Name results with --results FILE, or kernels to run on with --kernel.',
  },
  KC_NO_SUCH_FORMAT: {
    blame: ['host'],
    what: 'No report format has this name.',
    fix: 'Use `--report FORMAT` or `--report FORMAT=FILE` with one of the formats in the hint.',
  },
  KC_NO_SUCH_OBSERVATION: {
    blame: ['host'],
    what: 'The case has no observation with this path.',
    fix: 'Choose one from `npx kconform cases CASE --observations`.',
  },
  KC_OUT_IN_USE: {
    blame: ['host'],
    what: 'Another kconform process writes to the --out folder.',
    fix: 'Wait until it ends, or use another folder.',
  },
  KC_REPORT_NOT_WRITTEN: {
    blame: ['host'],
    what: 'A report file could not be written.',
    fix: 'Check the path, the permissions and the free space.',
  },
  KC_RESULTS_FILE: {
    blame: ['host'],
    what: 'A results.json file could not be read.',
    fix: 'Name the results.json of a run with --out, or its folder.',
  },
  KC_RESULTS_NOT_WRITTEN: {
    blame: ['host'],
    what: 'The results could not be written to the --out folder.',
    fix: 'Check the path, the permissions and the free space, or use another folder.',
  },
  KC_STDOUT: {
    blame: ['host'],
    what: 'Standard output could not be written.',
    fix: 'Redirect it to a file or device with free space.',
  },
  KC_TWO_REPORTS: {
    blame: ['host'],
    what: 'Two reports would be written to standard output at the same time.',
    fix: 'Give all but one of them a file: `--report FORMAT=FILE`.',
  },
  KC_WATCH_STATE: {
    blame: ['host'],
    what: 'The stored state of `kconform watch` cannot be used: it is damaged or belongs to another series.',
    fix: 'Use another --out folder to start again.',
  },
} as const satisfies Record<string, ErrorEntry>;
