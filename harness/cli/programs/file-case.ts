import { basename, resolve } from 'node:path';
import { needsOfSplat } from '../../bug-reports/needs.ts';
import { isSameSplat } from '../../bug-reports/splat/asked-splat.ts';
import type { Splat } from '../../expect/outcome.ts';
import { type Machine, mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import type { Case } from '../../run/discovery/case.ts';
import { scenarioInputs } from '../../run/reuse/scenario-inputs.ts';
import { findDefaults } from '../defaults.ts';
import { progressToStderr } from '../options.ts';
import { type IsWanted, judgeFile } from './judge-file.ts';
import type { ProgramOptions } from './options.ts';
import { loadReproducer } from './reproducer.ts';

export interface FileCaseOptions {
  readonly program: ProgramOptions;
  /** Arguments of the program. */
  readonly args: readonly string[];
  /** What the options ask of the machine. */
  readonly machine: Machine;
  readonly isWanted: IsWanted | undefined;
  readonly signal: AbortSignal;
}

/**
 * A scenario or a program of the command line as a case: it is reproduced (FAIL) or not (PASS), as `repro` says it.
 * @throws as loadSubject, and what compiling it throws
 */
export async function fileCase(
  path: string,
  { program, args, machine, isWanted, signal }: FileCaseOptions,
): Promise<Case> {
  const defaults = await findDefaults();
  const asked = mergeMachines([defaults.machine, machine]);
  const question = { path, options: program, args, machine: asked, part: undefined, asked: undefined, signal };
  // What is compiled is in memory: the files of a report are not needed any more.
  await using reproducer = await loadReproducer({ ...question, progress: progressToStderr });
  const { scenario, folder, asked: splat, needs, shown } = reproducer;
  process.stderr.write(shown);
  await scenario.compile?.();
  const config = [...needs, ...(splat === undefined ? [] : needsOfSplat(splat))].map(({ option }) => option);
  const isAsked = splat === undefined ? undefined : (seen: Splat) => isSameSplat(splat, seen);
  const inputs = await scenarioInputs(scenario);
  const own = withAbsolutePaths(scenario.machine ?? {}, (one) => resolve(folder, one));
  return {
    name: basename(resolve(path)),
    argument: path,
    command: 'repro',
    folder,
    inputs: 'hash' in inputs ? inputs.hash : inputs.varies,
    machine: mergeMachines([defaults.machine, own, machine]),
    loaded: {
      scenario,
      // On a kernel without them it would say nothing.
      expectation: { kind: 'expectation', about: path, outcome: {}, ...(config.length > 0 && { needs: { config } }) },
      judge: (seen) => judgeFile(seen, isWanted ?? isAsked),
    },
  };
}
