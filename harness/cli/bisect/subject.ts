import { statSync } from 'node:fs';
import { KconformError } from '../../errors/error.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { type MachineOptions, machineOf } from '../machine-options.ts';
import { caseAndPath, checkPath, oneCase } from '../one-case.ts';
import { fileCase } from '../programs/file-case.ts';
import { argumentsOf, givenOptions, type ProgramOptions } from '../programs/options.ts';
import { splatCriterion } from './splat-criterion.ts';

export interface SubjectOptions extends MachineOptions, ProgramOptions {
  readonly cases?: string;
  readonly splat?: string;
  readonly signal: AbortSignal;
}

/** What is looked at on each kernel: a case, or a file that says itself whether it is reproduced. */
export interface SeriesSubject {
  readonly testCase: Case;
  /** Of the observation that is asked for. */
  readonly path: string | undefined;
  readonly isFile: boolean;
  /** Whether a scenario that does not end is a result of its own: not where a splat is the question. */
  readonly endsInTime: boolean;
  /** The folder of cases that it was looked for in. */
  readonly root: string;
}

/**
 * The case or the file that a command line names, with the path of an observation behind a colon.
 * A file that exists is a file; a folder that is no case and contains none is one with a program.
 * @throws as findCases and loadSubject
 */
export async function seriesSubject(
  asked: string,
  words: readonly string[],
  options: SubjectOptions,
): Promise<SeriesSubject> {
  const root = options.cases ?? (await findDefaults()).cases;
  const machine = machineOf(options);
  const file = fileAndPath(asked);
  const found =
    file === undefined || file.isFolder ? await namedCase(asked, { ...options, root }, file?.isFolder) : undefined;
  if (found !== undefined) {
    refuseProgramOptions(words, options);
    return { ...found, isFile: false, endsInTime: false, root };
  }
  const { name, path } = file ?? caseAndPath(asked);
  const testCase = await fileCase(name, {
    program: options,
    args: argumentsOf(words, process.argv),
    machine,
    signal: options.signal,
    isWanted: options.splat === undefined ? undefined : await splatCriterion(options.splat),
  });
  return { testCase, path, isFile: true, endsInTime: options.splat === undefined, root };
}

/** @param orElse whether it may be something else than a case */
async function namedCase(
  asked: string,
  { root, ...options }: SubjectOptions & { readonly root: string },
  orElse = false,
): Promise<Pick<SeriesSubject, 'testCase' | 'path'> | undefined> {
  const { name, path } = caseAndPath(asked);
  try {
    const testCase = oneCase(await chosenCases([name], { cases: root, machine: machineOf(options) }), name);
    if (testCase.loaded instanceof Error) throw testCase.loaded;
    checkPath(testCase, path);
    return { testCase, path };
  } catch (error) {
    if (orElse && error instanceof KconformError && ['KC_NO_CASES', 'KC_NO_SUCH_CASE'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** A path that exists, and what stands behind its last colon where only the rest exists. */
function fileAndPath(asked: string): { name: string; path: string | undefined; isFolder: boolean } | undefined {
  const whole = statSync(asked, { throwIfNoEntry: false });
  if (whole !== undefined) return { name: asked, path: undefined, isFolder: whole.isDirectory() };
  const [, name = '', path] = /^(.+?):([^/]+)$/s.exec(asked) ?? [];
  const facts = name === '' ? undefined : statSync(name, { throwIfNoEntry: false });
  return facts === undefined ? undefined : { name, path: caseAndPath(`:${path}`).path, isFolder: facts.isDirectory() };
}

function refuseProgramOptions(words: readonly string[], options: SubjectOptions): void {
  const given = [...givenOptions(options), ...(options.splat === undefined ? [] : ['--splat']), ...words];
  if (given.length === 0) return;
  throw new KconformError(`${given[0]} is for a file; a case says itself what it runs and what is wrong`, {
    code: 'KC_BISECT',
    blame: 'host',
    hint: 'leave it out, or name a file',
  });
}
