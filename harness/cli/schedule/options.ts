import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { LARGEST_SEED } from '../../guest/deterministic/arguments.ts';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { isSeed, scheduleError } from '../../run/schedule/scheduled-machine.ts';
import { positive } from '../options.ts';

export interface ScheduleOptions {
  readonly deterministic?: true;
  readonly schedule?: number;
  readonly search?: number;
  readonly from?: number;
}

/** What a guest with a schedule cannot do. */
interface Excluded {
  readonly accel?: Accelerator;
  readonly repeat?: number;
  readonly keep?: true;
  readonly leaks?: true;
  readonly transcript?: true;
  readonly gdb?: true;
  readonly stopAt?: string;
  readonly dump?: string;
  readonly backtraces?: true;
}

/** Adds the options for deterministic execution; docs/deterministic.md explains them. */
export function scheduleOptions(command: Command): Command {
  return command
    .option(
      '--deterministic',
      'let the vCPUs take turns as a random seed says, and print the seed; under emulation only',
    )
    .option('--schedule <seed>', 'the same with this seed, 0 to 4294967295: replays a run exactly', seed)
    .option('--search <count>', 'try this many seeds, all cores at once, until one reproduces it', positive)
    .option('--from <seed>', 'begin --search with this seed (default: 1)', seed);
}

function seed(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !isSeed(number))
    throw new InvalidArgumentError(`It must be an integer from 0 to ${LARGEST_SEED}.`);
  return number;
}

/** Seeds to be tried one after another. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/**
 * The seeds that the options ask for; undefined without a schedule.
 * @throws KC_SCHEDULE (case) for options that exclude one another
 */
export function seedsOf(options: ScheduleOptions & Excluded): Seeds | undefined {
  const asked = [
    ...(options.deterministic === undefined ? [] : ['--deterministic']),
    ...(options.schedule === undefined ? [] : ['--schedule']),
    ...(options.search === undefined ? [] : ['--search']),
  ];
  const [one, other] = asked;
  if (options.from !== undefined && options.search === undefined)
    throw scheduleError('--from is for --search', '--schedule takes one seed');
  if (one === undefined) return undefined;
  if (other !== undefined) throw scheduleError(`${one} and ${other} exclude each other`, `leave out ${one}`);
  const { keep, leaks, transcript, gdb, stopAt, dump, backtraces } = options;
  const debug = { gdb, 'stop-at': stopAt, dump, backtraces };
  const unreachable = { keep, leaks, transcript };
  if (options.accel === 'kvm')
    throw scheduleError(`${one} needs software emulation: under KVM nobody counts instructions`, '--accel tcg');
  for (const [name, value] of Object.entries(unreachable))
    if (value !== undefined)
      throw scheduleError(
        `--${name} cannot be used with ${one}: nobody reaches a guest with a schedule`,
        `leave out --${name}`,
      );
  if (options.search !== undefined)
    for (const [name, value] of Object.entries(debug))
      if (value !== undefined)
        throw scheduleError(
          `--${name} cannot be used with --search: it looks into one guest`,
          'search first, then replay the seed that hits with --schedule and the debugger',
        );
  if (stopAt === 'end')
    throw scheduleError(
      `--stop-at end cannot be used with ${one}: the end is not noticed from outside`,
      'name a function',
    );
  if (options.repeat !== undefined && options.repeat !== 1)
    throw scheduleError(
      `--repeat cannot be used with ${one}: each run with a seed is the same`,
      '--search tries many seeds',
    );
  if (options.search === undefined) return { first: options.schedule ?? randomInt(2 ** 31), count: 1 };
  const first = options.from ?? 1;
  return { first, count: Math.min(options.search, LARGEST_SEED - first + 1) };
}
