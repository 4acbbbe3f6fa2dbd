import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from '../../cache/make-folder.ts';
import { replaceFile } from '../../cache/replace-file.ts';
import { KconformError } from '../../errors/error.ts';
import { isUnstable } from '../../expect/judge/standing.ts';
import {
  type CaseResult,
  jobKey,
  type KernelIdentity,
  type Reporter,
  type RunEvent,
  type RunStarted,
} from '../events.ts';
import type { RecordedCase, RunState } from './record.ts';
import { SCHEMA } from './schema.ts';
import { countVerdicts, type Totals } from './totals.ts';
import { writeHint } from './write-hint.ts';

/** Large enough that there are few to be written, small enough to be copied after each case. */
const PIECE_BYTES = 256 * 1024;

/** Keeps `results.json` in a folder true to what was judged so far, at every moment: it is replaced whole after every case. */
export class ResultsReporter implements Reporter {
  readonly #folder: string;
  readonly #results = new Map<string, CaseResult>();
  /** The results as they stand in the file: of thousands, printing or copying all again after each case costs minutes. */
  #printed: Buffer[] = [];
  readonly #now: () => number;
  readonly #judged: ReadonlyMap<CaseResult, RecordedCase>;
  #run: RunStarted | undefined;
  #state: RunState = 'running';
  #startedMs = 0;
  #last: Promise<void> = Promise.resolve();

  /**
   * @param judged results of an earlier run, whose events follow at once. The first file that is written holds them already,
   *   so that a run which is killed meanwhile loses none.
   */
  constructor(folder: string, judged: readonly RecordedCase[] = [], now: () => number = () => performance.now()) {
    this.#folder = resolve(folder);
    this.#judged = new Map(judged.map((one) => [one.result, one]));
    this.#now = now;
  }

  on(event: RunEvent): Promise<void> | void {
    if (event.type === 'run-started') {
      this.#run = event;
      this.#startedMs = this.#now();
      const judged = [...this.#judged.values()];
      for (const { result } of judged) this.#add(result);
      return this.#enqueue(0, async () => {
        for (const one of judged) await this.#keepAll(one);
      });
    }
    if (event.type === 'case-finished' && !this.#judged.has(event.result)) {
      this.#add(event.result);
      return this.#enqueue(this.#now() - this.#startedMs, () => this.#keepAll(event));
    }
    if (event.type === 'run-finished') {
      this.#state = event.interrupted ? 'interrupted' : 'finished';
      return this.#enqueue(event.durationMs);
    }
  }

  #add(result: CaseResult): void {
    const key = jobKey(result.kernel, result.case);
    const isReplaced = this.#results.has(key);
    this.#results.set(key, result);
    if (isReplaced) this.#printAll();
    else this.#printEntry(result);
  }

  /** A result that is replaced is not the last one: all are printed again. */
  #printAll(): void {
    this.#printed = [];
    for (const result of this.#results.values()) this.#printEntry(result);
  }

  #printEntry(result: CaseResult): void {
    this.#print(`${this.#printed.length === 0 ? '' : ','}\n    ${printed(resultEntry(result), '    ')}`);
  }

  /** Adds to the last piece, or begins another. */
  #print(text: string): void {
    const last = this.#printed.at(-1);
    if (last === undefined || last.length > PIECE_BYTES) this.#printed.push(Buffer.from(text));
    else this.#printed[this.#printed.length - 1] = Buffer.concat([last, Buffer.from(text)]);
  }

  async #keepAll({ result, console, transcript }: RecordedCase): Promise<void> {
    await writeResult(leftFile(this.#folder, result, 'console.log'), [console]);
    await writeResult(leftFile(this.#folder, result, 'transcript.txt'), [transcript]);
  }

  /** Writes follow one another, so that an older state never replaces a newer one. */
  #enqueue(durationMs: number, before: () => Promise<void> = async () => {}): Promise<void> {
    const run = this.#run;
    if (run === undefined) return Promise.resolve();
    const chunks = printDocument(
      run,
      durationMs,
      this.#state,
      this.#printed,
      countVerdicts([...this.#results.values()]),
    );
    this.#last = this.#last
      .catch(() => undefined)
      .then(before)
      .then(() => writeResult(join(this.#folder, 'results.json'), chunks));
    return this.#last;
  }
}

/** What a case leaves beside results.json. */
export type LeftFile = 'console.log' | 'transcript.txt';

/** `KERNEL/CASE/FILE`, with the kernel's id, below the folder of results.json. */
export function leftFile(
  folder: string,
  { kernel, case: name }: { readonly kernel: Pick<KernelIdentity, 'id'>; readonly case: string },
  kind: LeftFile,
): string {
  return join(folder, kernel.id, name, kind);
}

/** results.json as JSON.stringify with an indent of 2 prints it. */
function printDocument(
  run: RunStarted,
  durationMs: number,
  state: RunState,
  results: readonly Buffer[],
  totals: Totals,
): (string | Buffer)[] {
  const { id, startedAt, kconform, host, planned } = run;
  const plan = planned && { ...planned, kernels: planned.kernels.map(kernelEntry) };
  const about = { id, startedAt, state, durationMs: Math.round(durationMs), kconform, host, planned: plan };
  const head = `{\n  "schema": ${SCHEMA},\n  "run": ${printed(about, '  ')},\n  "results": [`;
  const tail = `${results.length === 0 ? '' : '\n  '}],\n  "totals": ${printed(totals, '  ')}\n}\n`;
  return [head, ...results, tail];
}

/** Every line but the first is indented further. */
function printed(value: object, indent: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`);
}

function resultEntry(result: CaseResult): object {
  const {
    kernel,
    machine,
    packages,
    verdict,
    durationMs,
    blame,
    reason,
    fix,
    observations,
    oracles,
    skips,
    race,
    reused,
    earlier,
    evidence,
    hint,
    rerun,
  } = result;
  return {
    kernel: kernelEntry(kernel),
    case: result.case,
    machine,
    packages,
    verdict,
    durationMs: Math.round(durationMs),
    blame,
    reason,
    fix,
    observations,
    oracles: oraclesEntry(oracles),
    skips,
    retries: result.retries?.map((retry) => ({ ...retry, oracles: oraclesEntry(retry.oracles) })),
    race,
    unstable: isUnstable(result) ? true : undefined,
    reused,
    earlier,
    evidence,
    hint,
    rerun,
  };
}

function kernelEntry({ id, spec, version, package: name, sha256 }: KernelIdentity): object {
  return { id, spec, version, package: name, sha256 };
}

function oraclesEntry({ unavailable, unproven, ...reports }: CaseResult['oracles']): object {
  return { ...reports, ...unlessEmpty({ unavailable }), ...unlessEmpty({ unproven }) };
}

function unlessEmpty(named: Readonly<Record<string, Readonly<Record<string, string>>>>): object {
  return Object.fromEntries(Object.entries(named).filter(([, value]) => Object.keys(value).length > 0));
}

/** Replaces a file of the results in one step, and makes its folder. */
async function writeResult(file: string, chunks: readonly (string | Buffer)[]): Promise<void> {
  // Only one process writes there (see withOutFolder).
  const temporary = join(dirname(file), `.${basename(file)}.new`);
  try {
    await makeFolder(dirname(file));
    await replaceFile(file, (draft) => writeFile(draft, chunks), { temporary });
  } catch (cause) {
    throw notWritten(file, cause);
  }
}

/** @param file a file of the results, or their folder */
export function notWritten(file: string, cause: unknown): KconformError {
  return new KconformError(`cannot write ${file}: ${messageOf(cause)}`, {
    code: 'KC_RESULTS_NOT_WRITTEN',
    blame: 'host',
    hint: writeHint(cause, '--out', 'a folder that can be written to'),
    cause,
  });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
