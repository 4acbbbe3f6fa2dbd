import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { KconformError } from '../errors/error.ts';
import { type Machine, mergeMachines, withAbsolutePaths } from '../machine/machine.ts';
import { readWord } from '../machine/words.ts';

/** What the options of a command ask of the machine; each holds what it asks for. */
export interface MachineOptions {
  readonly cpus?: Machine;
  readonly memory?: Machine;
  readonly module?: Machine;
  readonly kernelParameter?: Machine;
  readonly disk?: Machine;
  readonly net?: Machine;
  readonly package?: Machine;
  readonly file?: Machine;
  readonly schedule?: Machine;
}

/** Adds the options that describe the machine; docs/machines.md explains them. */
export function machineOptions(command: Command): Command {
  return command
    .addOption(option('--cpus <count>', 'give the guest this many CPUs, 1 to 8 (default: 1)'))
    .addOption(option('--memory <size>', 'give the guest this much memory: 512M, 2G (default: 256M)'))
    .addOption(
      option('--module <module>', "load a module and what it depends on: overlay, 'loop max_loop=4'; repeatable"),
    )
    .addOption(option('--kernel-parameter <parameter>', 'add to the kernel command line: panic_on_warn=1; repeatable'))
    .addOption(option('--disk <disk>', "attach a disk: 64M, '1G ext4', or the path of an image; repeatable"))
    .addOption(option('--net <kind>', 'add network interfaces: pair (two, joined) or user (one); repeatable'))
    .addOption(option('--package <name>', 'put a Debian package into the guest: strace; repeatable'))
    .addOption(option('--file <from:to>', 'put a file or folder of the host into the guest; repeatable'));
}

/** Adds the option for a schedule: only where one guest, or each, can have it (docs/deterministic.md). */
export function scheduleOption(command: Command): Command {
  const help = 'let this seed decide when each CPU runs, so that each run is the same (0: do not force turns)';
  return command.addOption(option('--schedule <seed>', help));
}

/** The machine that the options ask for. */
export function machineOf(options: MachineOptions): Machine {
  const { cpus, memory, module, kernelParameter, disk, net, package: packages, file, schedule } = options;
  const all = mergeMachines([cpus, memory, module, kernelParameter, disk, net, packages, file, schedule]);
  return withAbsolutePaths(all, (path) => resolve(path));
}

function option(flags: string, description: string): Option {
  const word = /^--([\w-]+)/.exec(flags)?.[1] ?? '';
  return new Option(flags, description).argParser((value: string, before: Machine | undefined) => {
    try {
      return mergeMachines([before, readWord(word, value)]);
    } catch (error) {
      if (error instanceof KconformError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  });
}
