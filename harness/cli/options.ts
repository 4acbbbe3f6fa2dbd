import { type Command, InvalidArgumentError, Option } from 'commander';
import { freshOption } from './reuse-options.ts';

/** Where a command takes several kernels. */
export function kernelsOption(preset = 'default: 6.12'): Option {
  return new Option(
    '--kernel <spec>',
    `the kernel to use: 6.12.57, 6.12 (newest), 6.12:rt, a package version or a path; repeatable (${preset})`,
  ).argParser(collect);
}

/** Where a command takes one kernel. */
export function kernelOption(): Option {
  return new Option(
    '--kernel <spec>',
    'the kernel to use: 6.12.57, 6.12 (newest), 6.12:rt, a package version or a path (default: 6.12)',
  );
}

export function acceleratorOption(): Option {
  return new Option('--accel <name>', 'use this accelerator only (default: kvm if it works, else tcg)').choices([
    'kvm',
    'tcg',
  ]);
}

/** Where splats are shown. */
export function symbolsOption(): Option {
  return new Option(
    '--symbols',
    'show file and line in splats of published kernels: downloads their debug information (about 320 MB for each kernel)',
  );
}

/**
 * Options of a command that reads existing results, or runs cases to make them.
 * @param kernels what `--kernel` means where it is not given
 */
export function resultsOptions(command: Command, kernels: string): Command {
  return freshOption(command)
    .addOption(new Option('--results <file...>', 'read these results.json files or --out folders; run nothing'))
    .addOption(kernelsOption(kernels))
    .addOption(acceleratorOption())
    .option('--out <folder>', 'write the results of the run to this folder')
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .option('--json', 'print JSON');
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function positive(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be an integer of 1 or more.');
  return count;
}

/** Prints a progress line to standard error, so that standard output has the result only. */
export function progressToStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}
