import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, the same on every x86-64. */
const TICKS_A_SECOND = 100;

export interface Summary {
  readonly name: string;
  readonly median: number;
  /** The 10th and 90th percentile. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Measurements by name, in the order in which their names came up. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    const known = this.#values.get(name);
    if (known === undefined) this.#values.set(name, [value]);
    else known.push(value);
  }

  summaries(): Summary[] {
    return [...this.#values].map(([name, values]) => ({
      name,
      median: quantile(values, 0.5),
      low: quantile(values, 0.1),
      high: quantile(values, 0.9),
      n: values.length,
    }));
  }
}

/** Between the two nearest values, where it falls between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Processor time of all threads of a process until now, in milliseconds (/proc/PID/task/TID/schedstat counts nanoseconds). */
export function processorMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}

/**
 * Memory that the process has for itself, in MiB: what it allocated and what it copied on writing (Anonymous in smaps,
 * Documentation/filesystems/proc.rst). Pages of a file that no other process maps at that moment count as private there too, and as
 * dirty soon after the file was written: they are the page cache of the template, once for all clones.
 */
export function privateMiB(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN) / 1024;
}

/** Processor time of our own children that have ended, and of theirs, in milliseconds (/proc/self/stat, cutime and cstime). */
export function endedChildrenMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * (1000 / TICKS_A_SECOND);
}
