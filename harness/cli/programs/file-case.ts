import { basename, resolve } from 'node:path';
import { type Machine, mergeMachines, withAbsolutePaths } from '../../machine/machine.ts';
import type { Case } from '../../run/discovery/case.ts';
import { findDefaults } from '../defaults.ts';
import { progressToStderr } from '../options.ts';
import { type IsWanted, judgeFile } from './judge-file.ts';
import { loadSubject } from './load.ts';
import type { ProgramOptions } from './options.ts';

export interface FileCaseOptions {
  readonly program: ProgramOptions;
  /** Arguments of the program. */
  readonly args: readonly string[];
  /** What the options ask of the machine. */
  readonly machine: Machine;
  readonly isWanted: IsWanted | undefined;
}

/**
 * A scenario or a program of the command line as a case: it is reproduced (FAIL) or not (PASS), as `repro` says it.
 * @throws as loadSubject, and what compiling it throws
 */
export async function fileCase(path: string, { program, args, machine, isWanted }: FileCaseOptions): Promise<Case> {
  const defaults = await findDefaults();
  const asked = mergeMachines([defaults.machine, machine]);
  const { scenario, folder, found } = await loadSubject(path, program, args, asked);
  if (found !== undefined) progressToStderr(`${path}: ${found}`);
  await scenario.compile?.();
  const own = withAbsolutePaths(scenario.machine ?? {}, (one) => resolve(folder, one));
  return {
    name: basename(resolve(path)),
    argument: path,
    command: 'repro',
    folder,
    machine: mergeMachines([defaults.machine, own, machine]),
    loaded: {
      scenario,
      expectation: { kind: 'expectation', about: path, outcome: {} },
      judge: (seen) => judgeFile(seen, isWanted),
    },
  };
}
