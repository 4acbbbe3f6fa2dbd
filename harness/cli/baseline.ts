import { painterFor } from '../report/text/colour.ts';
import { printComparison } from '../report/text/series/comparison.ts';
import { editsBetween } from '../run/discovery/case-inputs.ts';
import type { Reporter, RunEvent, RunStarted } from '../run/events.ts';
import { type Judged, readResults } from '../run/results/results-file.ts';
import { type Comparison, compareRuns } from '../series/compare.ts';
import { pairKernels } from '../series/pairs.ts';

/** The planned cases and their results. */
interface Run {
  readonly started: Pick<RunStarted, 'planned'>;
  readonly cases: readonly { readonly result: Judged }[];
}

type CompareWithBaseline = (run: Run) => Comparison;

/** @throws KC_RESULTS_FILE (host) */
export async function readBaseline(path: string): Promise<CompareWithBaseline> {
  const { run, results: baseline } = await readResults(path);
  return ({ started, cases }) => {
    const results = cases.map(({ result }) => result);
    // Cases and kernels that nobody asked for are not missing.
    const names = new Set(started.planned?.cases);
    const kernels = new Set(pairKernels(baseline, results).map(({ before }) => before.id));
    const before = baseline.filter((one) => names.has(one.case) && kernels.has(one.kernel.id));
    return compareRuns(before, results, editsBetween(run.planned?.inputs, started.planned?.inputs));
  };
}

/** Prints what became of the baseline's cases, once the run has finished. */
export class BaselineReporter implements Reporter {
  readonly #compare: CompareWithBaseline;
  readonly #stream: NodeJS.WriteStream;
  readonly #cases: { readonly result: Judged }[] = [];
  #started: RunStarted | undefined;
  /** Undefined before the run has finished. */
  comparison: Comparison | undefined;

  /** @param stream where the run's own report goes */
  constructor(compare: CompareWithBaseline, stream: NodeJS.WriteStream) {
    this.#compare = compare;
    this.#stream = stream;
  }

  on(event: RunEvent): void {
    if (event.type === 'run-started') this.#started = event;
    if (event.type === 'case-finished') this.#cases.push({ result: event.result });
    if (event.type !== 'run-finished' || this.#started === undefined) return;
    this.comparison = this.#compare({ started: this.#started, cases: this.#cases });
    this.#stream.write(`\nagainst the baseline:\n${printComparison(this.comparison, painterFor(this.#stream))}`);
  }
}
