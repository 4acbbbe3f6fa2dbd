import { readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { chooseFound } from '../../bug-reports/choose.ts';
import type { Report } from '../../bug-reports/found.ts';
import { lackingOf, type Need, needsOfSplat } from '../../bug-reports/needs.ts';
import { readReport } from '../../bug-reports/read-report.ts';
import { type CaseForm, machineOfReproducer, type Reproducer, reproducerOf } from '../../bug-reports/reproducer.ts';
import type { AskedSplat } from '../../bug-reports/splat/asked-splat.ts';
import { scratchFolder } from '../../cache/scratch-folder.ts';
import type { KeptSource } from '../../evidence/kept-source.ts';
import { readConfig } from '../../kernels/config.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Machine } from '../../machine/machine.ts';
import { printReport } from '../../report/text/bug-report.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { loadSubject, type Subject } from './load.ts';
import { type ProgramOptions, requestOf } from './options.ts';
import { sourceOfReport, sourceOfSubject } from './reproducer-source.ts';

/** What is asked of a file that may be a bug report. */
export interface ReproducerQuestion {
  readonly path: string;
  readonly options: ProgramOptions;
  /** The words behind `--`. */
  readonly args: readonly string[];
  /** What is known of the machine. */
  readonly machine: Machine;
  /** The part of the report that is run, from 1. */
  readonly part: number | undefined;
  /** The splat that is asked for, where the command line names one. */
  readonly asked: AskedSplat | undefined;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

/** A scenario, a program, or what a bug report contains. Its files are removed when it is disposed. */
export interface LoadedReproducer extends Subject, AsyncDisposable {
  /** The splat that is the question. */
  readonly asked: AskedSplat | undefined;
  readonly leaks: boolean;
  /** What a kernel needs for the bug to show. */
  readonly needs: readonly Need[];
  /** What was found, as text that ends with a line feed; empty for a scenario. */
  readonly shown: string;
  /** What can be handed on of it. */
  source(): Promise<KeptSource>;
  /** Of a report; undefined for a file that is none. */
  readonly report: FromReport | undefined;
}

/** What a case that is made of a report needs. */
export interface FromReport {
  /** See Reproducer. */
  readonly asCase: CaseForm | undefined;
  readonly machine: Machine;
}

/**
 * Loads what is to be reproduced.
 * @throws KC_REPORT (case) for a report that cannot be run; as loadSubject
 */
export async function loadReproducer(question: ReproducerQuestion): Promise<LoadedReproducer> {
  const { path, options, args, machine, asked } = question;
  const report = await reportIn(path);
  if (report !== undefined) return fromReport(report, question);
  const subject = await loadSubject(path, options, args, machine);
  const shown = subject.found === undefined ? '' : `${path}: ${subject.found}\n`;
  const source = () => sourceOfSubject(path, subject);
  return {
    ...subject,
    asked,
    leaks: false,
    needs: [],
    shown,
    source,
    report: undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function reportIn(path: string): Promise<Report | undefined> {
  const isFile = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
  return isFile ? readReport(await readFile(path), basename(path)) : undefined;
}

async function fromReport(report: Report, question: ReproducerQuestion): Promise<LoadedReproducer> {
  const { path, options, args, part, signal, progress } = question;
  const asked = question.asked ?? report.splat;
  const found = chooseFound(report, part, basename(path));
  const folder = scratchFolder('kconform-report-');
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const request = requestOf(options, folder, args);
    const reproducer: Reproducer = await reproducerOf(found, {
      folder,
      request,
      isSplatAsked: asked !== undefined,
      signal,
      progress,
    });
    const machine = machineOfReproducer(reproducer);
    return {
      // Its files do not outlive the command, so that its outcomes are not kept.
      scenario: { ...withoutInputs(reproducer.scenario), machine },
      folder,
      program: undefined,
      found: undefined,
      asked,
      leaks: reproducer.leaks,
      needs: reproducer.needs,
      shown: printReport({ name: basename(path), report, found, reproducer, machine, asked }),
      source: () => sourceOfReport(found, folder, request),
      report: { asCase: reproducer.asCase, machine },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function withoutInputs({ inputs: _, ...scenario }: Reproducer['scenario']): Reproducer['scenario'] {
  return scenario;
}

/** What came of a run, with the splat that is the question and with what the kernel lacks for the bug to show. */
export async function withQuestion(
  seen: ScenarioRun,
  { asked, needs }: Pick<LoadedReproducer, 'asked' | 'needs'>,
  kernel: Kernel,
): Promise<ScenarioRun> {
  const all = [...needs, ...(asked === undefined ? [] : needsOfSplat(asked))];
  const lacking = lackingOf(all, await readConfig(kernel));
  return { ...seen, lacking, ...(asked !== undefined && { asked }) };
}
