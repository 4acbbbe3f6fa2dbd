import { type Command, InvalidArgumentError, Option } from 'commander';

/** Where a command takes several kernels. */
export function kernelsOption(): Option {
  return new Option(
    '--kernel <spec>',
    'a kernel: 6.12.57, 6.12 (newest), 6.12:rt, a package version, a path; repeatable',
  ).argParser(collect);
}

/** Where a command takes one kernel. */
export function kernelOption(): Option {
  return new Option('--kernel <spec>', 'a kernel: 6.12.57, 6.12 (newest), 6.12:rt, a package version, a path');
}

export function acceleratorOption(): Option {
  return new Option('--accel <name>', 'insist on an accelerator').choices(['kvm', 'tcg']);
}

/** Of a command that looks at results which are there, or runs cases to have them. */
export function resultsOptions(command: Command): Command {
  return command
    .addOption(new Option('--results <file...>', 'look at these results.json, or folders of --out'))
    .addOption(kernelsOption())
    .addOption(acceleratorOption())
    .option('--out <folder>', 'write results.json there when it is run')
    .option('--jobs <count>', 'guests that work at once', positive)
    .option('--cases <folder>', 'the folder of cases')
    .option('--json', 'as JSON');
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function positive(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return count;
}

/** What is under way, where the command's output goes elsewhere. */
export function progressToStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}
