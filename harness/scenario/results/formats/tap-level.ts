import type { SubtestStatus } from '../results.ts';
import type { TapResult, Totals } from './tap-line.ts';

/** A result with the results nested in it. */
export interface TapTest extends TapResult {
  readonly due: number;
  readonly diagnostics: readonly string[];
  readonly children: readonly TapTest[];
}

/** What one plan speaks of: the results of one program. A level has several if several programs print one after another. */
class Document {
  plan: number | undefined;
  skipped: string | undefined;
  totals: Totals | undefined;
  readonly tests: TapTest[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #printed = new Set<string>();
  hasHeader = false;
  #last = 0;
  #largest = 0;

  /** The number that the next result has. */
  get due(): number {
    return this.#last + 1;
  }

  /**
   * True for a result that was printed before, word for word. A program that does not flush its output before it forks prints it again
   * from each child; ksft_print_header() prevents that, so it is no accident in output with a header.
   */
  repeats({ number, name, status }: TapResult): boolean {
    if (number === undefined || this.hasHeader || this.plan !== undefined) return false;
    return this.#printed.has(`${number} ${status} ${name}`);
  }

  add(test: TapTest): void {
    this.#printed.add(`${test.number} ${test.status} ${test.name}`);
    this.#last = test.number ?? this.due;
    this.#largest = Math.max(this.#largest, this.#last);
    this.#numbers.set(this.#last, (this.#numbers.get(this.#last) ?? 0) + 1);
    this.tests.push(test);
  }

  get isFulfilled(): boolean {
    return this.plan !== undefined && this.tests.length >= this.plan;
  }

  get isEmpty(): boolean {
    return this.tests.length === 0 && this.plan === undefined && sum(this.totals) === 0;
  }

  /** What totals without lines say: undefined if there are lines. */
  get counted(): 'skip' | 'other' | undefined {
    if (this.totals === undefined || !this.#isCounted()) return undefined;
    return this.totals.skip === sum(this.totals) ? 'skip' : 'other';
  }

  /** Sentences about results that were announced and are missing. */
  missing(): string[] {
    const { plan, tests } = this;
    if (this.#isCounted()) return [];
    if (plan !== undefined && tests.length < plan) {
      return [
        `the plan says ${count(plan)}, ${tests.length} ${tests.length === 1 ? 'has' : 'have'} a result${this.#absent(plan)}`,
      ];
    }
    const last = Math.max(plan ?? 0, this.#largest);
    return this.#numbers.size < last ? [`results are missing${this.#absent(last)}`] : [];
  }

  #absent(last: number): string {
    const absent: number[] = [];
    for (let number = 1; number <= last && absent.length < 4; number++) {
      if (!this.#numbers.has(number)) absent.push(number);
    }
    return ` (${absent.slice(0, 3).join(', ')}${absent.length > 3 ? ', …' : ''})`;
  }

  problems(): string[] {
    const { plan, tests, skipped } = this;
    const twice = [...this.#numbers].filter(([, times]) => times > 1).map(([number]) => number);
    const surplus = plan !== undefined && tests.length > plan;
    return [
      ...(skipped !== undefined && tests.length > 0
        ? ['the plan says that everything is skipped, but there are results']
        : []),
      ...(surplus && skipped === undefined ? [`the plan says ${count(plan)}, ${tests.length} have a result`] : []),
      ...(twice.length === 0
        ? []
        : [`several results have the number ${twice.slice(0, 3).join(', ')}${twice.length > 3 ? ', …' : ''}`]),
      ...this.#totalsProblems(),
    ];
  }

  /** Totals alone are a statement: a program may count all that it planned without printing a line for each (kcmp_test). */
  #isCounted(): boolean {
    const { totals, tests, plan } = this;
    if (totals === undefined || tests.length > 0) return false;
    const counted = sum(totals);
    return counted > 0 && (plan === undefined || plan === counted);
  }

  #totalsProblems(): string[] {
    const { totals, tests } = this;
    if (totals === undefined) return [];
    if (this.#isCounted()) {
      return totals.fail + totals.xpass > 0 ? [`the totals say that ${totals.fail + totals.xpass} failed`] : [];
    }
    const seen = (status: SubtestStatus) => tests.filter((test) => test.status === status).length;
    const wrong = KINDS.filter((kind) => totals[kind] !== seen(kind));
    return wrong.map((kind) => `the totals say ${kind}:${totals[kind]}, the lines ${kind}:${seen(kind)}`);
  }
}

const KINDS = ['pass', 'fail', 'xfail', 'xpass', 'skip'] as const;

function sum(totals: Totals | undefined): number {
  return Object.values(totals ?? {}).reduce((all, one) => all + one, 0);
}

function count(plan: number): string {
  return plan === 1 ? '1 subtest' : `${plan} subtests`;
}

/** The results with one indentation, between two results of the level above. */
export class TapLevel {
  readonly prefix: string;
  /** From `# Subtest: name`. */
  name: string | undefined;
  readonly problems: string[] = [];
  readonly missing: string[] = [];
  readonly tests: TapTest[] = [];
  skipped: string | undefined;
  expectedFailures = false;
  /** Whether totals without lines count anything else than skips. */
  #hasCounted = false;
  #documents = 0;
  #document = new Document();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  get due(): number {
    return this.#document.due;
  }

  /** A version line begins the results of another program. One that is printed twice (before and after a fork) does not. */
  version(): void {
    if (!this.#document.isEmpty) this.#next();
    this.#document.hasHeader = true;
    this.#documents = Math.max(this.#documents, 1);
  }

  plan(number: number, comment: string | undefined): void {
    const { plan, tests, isFulfilled } = this.#document;
    if (plan === number && tests.length === 0) return;
    if (plan !== undefined && !isFulfilled) {
      this.problems.push(`a plan of ${count(number)} follows an unfulfilled one of ${plan}`);
    }
    if (plan !== undefined) this.#next();
    this.#documents = Math.max(this.#documents, 1);
    this.#document.plan = number;
    if (number === 0) this.#document.skipped = comment?.replace(/^SKIP\b:?\s*/i, '') || 'it has no subtests';
  }

  totals(totals: Totals): void {
    this.#documents = Math.max(this.#documents, 1);
    this.#document.totals = totals;
    if (totals.xfail > 0) this.expectedFailures = true;
  }

  add(result: TapResult, diagnostics: readonly string[], children: readonly TapTest[]): void {
    this.#documents = Math.max(this.#documents, 1);
    if (children.length === 0 && this.#document.repeats(result)) return;
    const test = { ...result, due: this.due, diagnostics, children };
    this.#document.add(test);
    this.tests.push(test);
  }

  /** Checks the last document. */
  end(): void {
    this.#check();
    if (this.#hasCounted) this.skipped = undefined;
  }

  #next(): void {
    this.#check();
    this.#documents += 1;
    this.#document = new Document();
  }

  #check(): void {
    const document = this.#document;
    this.problems.push(...document.problems());
    this.missing.push(...document.missing());
    if (document.isEmpty && this.#documents > 0) this.missing.push('it announces results and prints none');
    if (document.counted === 'other') this.#hasCounted = true;
    const skipped = document.counted === 'skip' ? 'the totals say that everything is skipped' : document.skipped;
    if (skipped !== undefined && this.tests.length === 0) this.skipped = skipped;
  }
}
