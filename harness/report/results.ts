import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KconformError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import type { CaseResult, KernelIdentity, Reporter, RunEvent, RunStarted } from '../run/events.ts';
import { isUnstable } from '../series/standing.ts';
import { countVerdicts, type Totals } from './totals.ts';

/** Large enough that there are few to be written, small enough to be copied after each case. */
const PIECE_BYTES = 256 * 1024;

/** Keeps `results.json` in a folder true to what was judged so far, at every moment: it is replaced whole after every case. */
export class ResultsReporter implements Reporter {
  readonly #folder: string;
  readonly #results: CaseResult[] = [];
  /** The results as they stand in the file: of thousands, printing or copying all again after each case costs minutes. */
  readonly #printed: Buffer[] = [];
  readonly #now: () => number;
  #run: RunStarted | undefined;
  #state: RunState = 'running';
  #startedMs = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, now: () => number = () => performance.now()) {
    this.#folder = folder;
    this.#now = now;
  }

  on(event: RunEvent): Promise<void> | void {
    if (event.type === 'run-started') {
      this.#run = event;
      this.#startedMs = this.#now();
      return this.#enqueue(0);
    }
    if (event.type === 'case-finished') {
      this.#results.push(event.result);
      this.#print(`${this.#results.length === 1 ? '' : ','}\n    ${printed(resultEntry(event.result), '    ')}`);
      return this.#enqueue(this.#now() - this.#startedMs, async () => {
        await this.#keep(event.result, 'console.log', event.console);
        await this.#keep(event.result, 'transcript.txt', event.transcript);
      });
    }
    if (event.type === 'run-finished') {
      this.#state = event.interrupted ? 'interrupted' : 'finished';
      return this.#enqueue(event.durationMs);
    }
  }

  /** Adds to the last piece, or begins another. */
  #print(text: string): void {
    const last = this.#printed.at(-1);
    if (last === undefined || last.length > PIECE_BYTES) this.#printed.push(Buffer.from(text));
    else this.#printed[this.#printed.length - 1] = Buffer.concat([last, Buffer.from(text)]);
  }

  /** Empty for a case that never had a guest. */
  async #keep(result: CaseResult, kind: LeftFile, text: string): Promise<void> {
    const file = leftFile(this.#folder, result, kind);
    try {
      await makeFolder(dirname(file));
      await writeFile(file, text);
    } catch (cause) {
      throw notWritten(file, cause);
    }
  }

  /** Writes follow one another, so that an older state never replaces a newer one. */
  #enqueue(durationMs: number, before: () => Promise<void> = async () => {}): Promise<void> {
    const run = this.#run;
    if (run === undefined) return Promise.resolve();
    const chunks = printDocument(run, durationMs, this.#state, this.#printed, countVerdicts(this.#results));
    this.#last = this.#last
      .catch(() => undefined)
      .then(before)
      .then(() => replaceFile(this.#folder, chunks));
    return this.#last;
  }
}

/** What a case leaves beside results.json. */
export type LeftFile = 'console.log' | 'transcript.txt';

/** `VERSION/CASE/FILE` below the folder of results.json. */
export function leftFile(
  folder: string,
  { kernel, case: name }: { readonly kernel: Pick<KernelIdentity, 'version'>; readonly case: string },
  kind: LeftFile,
): string {
  return join(folder, kernel.version.replaceAll('/', '_'), name, kind);
}

/** A run that was killed stays `running`. */
export type RunState = 'running' | 'finished' | 'interrupted';

/** results.json, schema 1, as JSON.stringify with an indent of 2 prints it. */
function printDocument(
  run: RunStarted,
  durationMs: number,
  state: RunState,
  results: readonly Buffer[],
  totals: Totals,
): (string | Buffer)[] {
  const { id, startedAt, kconform, host, planned } = run;
  const about = { id, startedAt, state, durationMs: Math.round(durationMs), kconform, host, planned };
  const head = `{\n  "schema": 1,\n  "run": ${printed(about, '  ')},\n  "results": [`;
  const tail = `${results.length === 0 ? '' : '\n  '}],\n  "totals": ${printed(totals, '  ')}\n}\n`;
  return [head, ...results, tail];
}

/** Every line but the first is indented further. */
function printed(value: object, indent: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`);
}

function resultEntry(result: CaseResult): object {
  const { kernel, verdict, durationMs, blame, reason, fix, observations, oracles, evidence, hint, rerun } = result;
  return {
    kernel: { spec: kernel.spec, version: kernel.version, package: kernel.package },
    case: result.case,
    verdict,
    durationMs: Math.round(durationMs),
    blame,
    reason,
    fix,
    observations,
    oracles: oraclesEntry(oracles),
    retries: result.retries?.map((retry) => ({ ...retry, oracles: oraclesEntry(retry.oracles) })),
    unstable: isUnstable(result) ? true : undefined,
    evidence,
    hint,
    rerun,
  };
}

function oraclesEntry({ unavailable, unproven, ...reports }: CaseResult['oracles']): object {
  return { ...reports, ...unlessEmpty({ unavailable }), ...unlessEmpty({ unproven }) };
}

function unlessEmpty(named: Readonly<Record<string, Readonly<Record<string, string>>>>): object {
  return Object.fromEntries(Object.entries(named).filter(([, value]) => Object.keys(value).length > 0));
}

async function replaceFile(folder: string, chunks: readonly (string | Buffer)[]): Promise<void> {
  const temporary = join(folder, `.results.json.${process.pid}`);
  try {
    await makeFolder(folder);
    await writeFile(temporary, chunks);
    await rename(temporary, join(folder, 'results.json'));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notWritten(join(folder, 'results.json'), cause);
  }
}

function notWritten(file: string, cause: unknown): KconformError {
  return new KconformError(`cannot write ${file}: ${messageOf(cause)}`, {
    code: 'KC_RESULTS_NOT_WRITTEN',
    blame: 'host',
    hint: 'Give --out a folder that can be written to.',
    cause,
  });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
