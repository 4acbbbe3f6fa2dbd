import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { didYouMean } from '../errors/nearest.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { standingOf } from '../expect/judge/standing.ts';
import { upstreamVersion } from '../kernels/version.ts';
import type { KernelIdentity } from '../run/events.ts';
import type { RecordedCase, RunRecord } from '../run/results/record.ts';
import { readStoredRun } from '../run/results/stored-run.ts';
import { byAge, labelsOf } from '../series/kernels.ts';
import { markOthers, type SeenResult } from './versions.ts';

/** One case of a stored run, on the kernel that is reported and on the others. */
export interface StoredCase {
  readonly name: string;
  readonly run: RunRecord['started'];
  /** What is reported. */
  readonly subject: RecordedCase;
  /** The results of the case on all kernels of the run, oldest first. */
  readonly all: readonly SeenResult[];
}

/**
 * Reads one case of a run with `--out`.
 * @param out the folder, or its results.json
 * @param asked the name of the case, or the path of the file that was run; undefined where the run has only one
 * @param kernel how the kernel is called: a version, a release or an id; default: the newest on which the case shows a bug
 * @throws KC_RESULTS_FILE, KC_NO_SUCH_CASE, KC_NO_SUCH_KERNEL (host)
 */
export async function storedCase(
  out: string,
  asked: string | undefined,
  kernel: string | undefined,
): Promise<StoredCase> {
  const { started, cases } = await readStoredRun(out);
  const names = new Set(cases.map(({ result }) => result.case));
  const name = nameIn(names, asked);
  const own = cases.filter(({ result }) => result.case === name);
  own.sort((a, b) => byAge(a.result.kernel, b.result.kernel));
  const subject = kernel === undefined ? mostTelling(own) : onKernel(own, kernel);
  if (subject === undefined) throw noSuchCase(`there is no result in ${out}`, 'name the --out folder of a run');
  return {
    name,
    run: started,
    subject,
    all: markOthers(
      own.map(({ result }) => result),
      subject.result,
    ),
  };
}

function nameIn(names: ReadonlySet<string>, asked: string | undefined): string {
  const tests = [...names].filter((name) => name !== BOOT);
  const [only, another] = tests;
  if (asked === undefined) {
    if (only !== undefined && another === undefined) return only;
    const which = only === undefined ? 'the results have no case' : `the results have ${tests.length} cases`;
    throw noSuchCase(
      which,
      only === undefined ? 'name the --out folder of a run' : `name one of them, such as ${only}`,
    );
  }
  if (names.has(asked)) return asked;
  // Of a file that was run, results have the last part of its path.
  if (existsSync(asked) && statSync(asked).isFile() && names.has(basename(asked))) return basename(asked);
  const others = only === undefined ? 'the results have no case' : `the results have other cases, such as ${only}`;
  throw noSuchCase(`${asked} is not in the results`, didYouMean(asked, tests) ?? others);
}

/** The newest kernel with a bug; without one the newest of all. */
function mostTelling(own: readonly RecordedCase[]): RecordedCase | undefined {
  return own.findLast(({ result }) => standingOf(result.verdict) === 'bad') ?? own.at(-1);
}

function onKernel(own: readonly RecordedCase[], asked: string): RecordedCase {
  const labels = labelsOf(own.map(({ result }) => result.kernel));
  const namesOf = (kernel: KernelIdentity) => [
    kernel.id,
    kernel.version,
    kernel.spec,
    upstreamVersion(kernel),
    labels.get(kernel.id) ?? kernel.id,
  ];
  const found = own.findLast(({ result }) => namesOf(result.kernel).includes(asked));
  if (found !== undefined) return found;
  throw new KconformError(`the case has no result on ${asked}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `it has results on ${[...labels.values()].join(', ')}`,
  });
}

function noSuchCase(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_NO_SUCH_CASE', blame: 'host', hint });
}
