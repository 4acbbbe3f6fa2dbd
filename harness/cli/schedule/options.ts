import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import type { Accelerator } from '../../guest/qemu/machine.ts';
import { LARGEST_SEED } from '../../machine/machine.ts';
import { scheduleError } from '../../run/schedule/refusals.ts';
import { type MachineOptions, scheduleOption } from '../machine-options.ts';
import { positive } from '../options.ts';

export interface DeterministicOption {
  readonly deterministic?: true;
}

export interface SearchOptions extends DeterministicOption {
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

/** Adds the options for a schedule; docs/deterministic.md explains them. */
export function scheduleOptions(command: Command): Command {
  return scheduleOption(command).option('--deterministic', 'use --schedule with a random seed, and print the seed');
}

/** Adds the options that try schedules. */
export function searchOptions(command: Command): Command {
  return scheduleOptions(command)
    .option('--search <count>', 'try this many seeds, all cores at once, until one reproduces it', positive)
    .option('--from <seed>', 'begin --search with this seed (default: 1)', seed);
}

/** Seed 0 does not force turns, so a search has no use for it. */
function seed(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < 1 || number > LARGEST_SEED)
    throw new InvalidArgumentError(`It must be an integer from 1 to ${LARGEST_SEED}.`);
  return number;
}

/**
 * The options with the seed that --deterministic chooses, which is printed.
 * @param print takes a line
 * @throws KC_SCHEDULE (case) for options that exclude one another
 */
export function withSeed<T extends MachineOptions & DeterministicOption & Pick<Excluded, 'accel' | 'leaks'>>(
  options: T,
  print: (line: string) => void,
): T {
  const one = nameOfOption(options.schedule !== undefined, options);
  if (one === undefined) return options;
  checkAccelerator(one, options);
  checkUnreachable(one, { leaks: options.leaks });
  if (options.deterministic === undefined) return options;
  const schedule = randomSeed();
  print(`schedule ${schedule}`);
  return { ...options, schedule: { schedule } };
}

/** Seeds to be tried one after another. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/**
 * The seeds that the options ask for; undefined without a schedule.
 * @param schedule that of the machine, where an option names it
 * @throws KC_SCHEDULE (case) for options that exclude one another
 */
export function seedsOf(options: SearchOptions & Excluded, schedule: number | undefined): Seeds | undefined {
  if (options.from !== undefined && options.search === undefined)
    throw scheduleError('--from is for --search', '--schedule takes one seed');
  const one = nameOfOption(schedule !== undefined, options);
  if (one === undefined) return undefined;
  checkAccelerator(one, options);
  checkUnreachable(one, options);
  checkDebug(one, options);
  if (options.repeat !== undefined && options.repeat !== 1)
    throw scheduleError(
      `--repeat cannot be used with ${one}: each run with a seed is the same`,
      '--search tries many seeds',
    );
  if (options.search === undefined) return { first: schedule ?? randomSeed(), count: 1 };
  const first = options.from ?? 1;
  return { first, count: Math.min(options.search, LARGEST_SEED - first + 1) };
}

function randomSeed(): number {
  return randomInt(2 ** 31);
}

/** @throws KC_SCHEDULE (case) for two of them */
function nameOfOption(isScheduled: boolean, options: SearchOptions): string | undefined {
  const [one, other] = [
    ...(options.deterministic === undefined ? [] : ['--deterministic']),
    ...(isScheduled ? ['--schedule'] : []),
    ...(options.search === undefined ? [] : ['--search']),
  ];
  if (other !== undefined) throw scheduleError(`${one} and ${other} exclude each other`, `leave out ${one}`);
  return one;
}

function checkAccelerator(one: string, { accel }: Excluded): void {
  if (accel === 'kvm')
    throw scheduleError(`${one} needs software emulation: KVM does not count instructions`, '--accel tcg');
}

function checkUnreachable(one: string, { keep, leaks, transcript }: Partial<Record<keyof Excluded, unknown>>): void {
  for (const [name, value] of Object.entries({ keep, leaks, transcript }))
    if (value !== undefined)
      throw scheduleError(
        `--${name} cannot be used with ${one}: a guest with a schedule has no SSH`,
        `leave out --${name}`,
      );
}

function checkDebug(one: string, { gdb, stopAt, dump, backtraces, search }: Excluded & SearchOptions): void {
  if (search !== undefined)
    for (const [name, value] of Object.entries({ gdb, 'stop-at': stopAt, dump, backtraces }))
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
}
