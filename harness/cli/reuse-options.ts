import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReuseOptions } from '../run/options.ts';

/** How a command uses outcomes of earlier runs; docs/reuse.md explains it. */
export interface ReuseChoice {
  readonly reuse?: true;
  readonly fresh?: true;
  /** From 0 to 1. */
  readonly recheck?: number;
}

/** Adds the options of a command that uses them by default. */
export function freshOption(command: Command): Command {
  return command
    .option('--fresh', 'run every case, also where nothing has changed since an earlier run')
    .addOption(recheckOption());
}

/** Adds the options of a command that runs every case by default. */
export function reuseOption(command: Command): Command {
  return command
    .option(
      '--reuse',
      'do not run cases again of which nothing has changed since an earlier run: judge what that run observed',
    )
    .addOption(new Option('--fresh', 'run every case (default)').conflicts(['reuse', 'recheck']))
    .addOption(recheckOption());
}

/** @param isDefault whether the command uses them by default */
export function reuseOf({ reuse, fresh, recheck }: ReuseChoice, isDefault: boolean): ReuseOptions {
  const read = fresh !== true && (isDefault || reuse === true || recheck !== undefined);
  return { read, recheck: recheck ?? 0 };
}

function recheckOption(): Option {
  return new Option(
    '--recheck <share>',
    'with outcomes of earlier runs: run this share of the cases again, and report those that differ as unstable: 2%',
  ).argParser(shareOf);
}

function shareOf(text: string): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const share = Number(percent) / 100;
  if (percent === undefined || share <= 0 || share > 1)
    throw new InvalidArgumentError('It must be a share from 0 to 100 percent: 2%.');
  return share;
}
