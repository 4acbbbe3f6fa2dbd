import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KconformError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import type { CaseResult, KernelIdentity, Reporter, RunEvent, RunStarted } from '../run/events.ts';
import { isUnstable } from '../series/standing.ts';
import { countVerdicts } from './totals.ts';

/** Keeps `results.json` in a folder true to what was judged so far, at every moment: it is replaced whole after every case. */
export class ResultsReporter implements Reporter {
  readonly #folder: string;
  readonly #results: CaseResult[] = [];
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
    const text = `${JSON.stringify(document(run, durationMs, this.#results, this.#state), undefined, 2)}\n`;
    this.#last = this.#last
      .catch(() => undefined)
      .then(before)
      .then(() => replaceFile(this.#folder, text));
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

/** The document of results.json, schema 1. */
export function document(
  run: RunStarted,
  durationMs: number,
  results: readonly CaseResult[],
  state: RunState = 'finished',
): object {
  const { id, startedAt, kconform, host, planned } = run;
  return {
    schema: 1,
    run: { id, startedAt, state, durationMs: Math.round(durationMs), kconform, host, planned },
    results: results.map(resultEntry),
    totals: countVerdicts(results),
  };
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

async function replaceFile(folder: string, text: string): Promise<void> {
  const temporary = join(folder, `.results.json.${process.pid}`);
  try {
    await makeFolder(folder);
    await writeFile(temporary, text);
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
