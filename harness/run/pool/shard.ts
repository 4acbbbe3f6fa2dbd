import { createHash } from 'node:crypto';
import { KconformError } from '../../errors/error.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Durations } from './durations.ts';

/** A part of a run, one of so many. */
export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
  /** 1 where the run began with schema 1, which told kernels apart by other keys: its parts stay as they were divided. */
  readonly keys?: 1;
}

/** `2/4`; `1/1` is a whole run. @throws KC_SHARD (host) */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return checked(Number(index), Number(count), `--shard ${text}`);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The part that is this job's in a matrix of GitLab (CI_NODE_INDEX of CI_NODE_TOTAL), an indexed job of Kubernetes
 * (JOB_COMPLETION_INDEX, from 0 on, of KCONFORM_SHARDS) or an array of Slurm (SLURM_ARRAY_TASK_ID).
 * @throws KC_SHARD (host)
 */
export function shardOfEnvironment(env: Environment): Shard | undefined {
  const number = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : Number(env[name]));
  const found = (index: number | undefined, count: number | undefined, names: string) =>
    index === undefined || count === undefined || count === 1 ? undefined : checked(index, count, names);
  const completion = number('JOB_COMPLETION_INDEX');
  const task = number('SLURM_ARRAY_TASK_ID');
  const step = number('SLURM_ARRAY_TASK_STEP') ?? 1;
  const place = task === undefined ? undefined : (task - (number('SLURM_ARRAY_TASK_MIN') ?? 0)) / step + 1;
  return (
    found(number('CI_NODE_INDEX'), number('CI_NODE_TOTAL'), 'CI_NODE_INDEX of CI_NODE_TOTAL') ??
    found(
      completion === undefined ? undefined : completion + 1,
      number('KCONFORM_SHARDS'),
      'JOB_COMPLETION_INDEX of KCONFORM_SHARDS',
    ) ??
    found(place, number('SLURM_ARRAY_TASK_COUNT'), 'the place of SLURM_ARRAY_TASK_ID in its array')
  );
}

function checked(index: number, count: number, names: string): Shard {
  if (Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count) return { index, count };
  throw new KconformError(`${names} is not a part of a run: ${index} of ${count}`, {
    code: 'KC_SHARD',
    blame: 'host',
    hint: '--shard 1/4 to 4/4 are the parts of four; 1/1 is the whole run',
  });
}

type Identity = Pick<Kernel, 'id' | 'spec' | 'version' | 'package'>;

/** By what a job is assigned to a part. */
export function shareKey(kernel: Identity, name: string, shard: Shard): string {
  const schema1 = kernel.package ?? `${kernel.version} (${kernel.spec})`;
  return `${shard.keys === 1 ? schema1 : kernel.id}\n${name}`;
}

/** One case on one kernel, with its identity. */
export interface Share {
  readonly key: string;
  /** The case's name, by which its duration is known. */
  readonly name: string;
}

/**
 * Which part of a run each share belongs to, from 1 on. Without durations it depends on the share alone, so that parts that see
 * different lists (a kernel is published meanwhile) still agree on the rest; with durations, that every part must have the same,
 * the parts take as long as one another.
 */
export function divide(
  shares: readonly Share[],
  count: number,
  durations: Durations | undefined,
): ReadonlyMap<string, number> {
  if (durations === undefined) return new Map(shares.map(({ key }) => [key, (hashOf(key) % count) + 1]));
  const known = Object.values(durations);
  const usual = known.reduce((sum, ms) => sum + ms, 0) / Math.max(1, known.length) || 1;
  const length = ({ name }: Share) => durations[name] ?? usual;
  const loads = Array.from({ length: count }, () => 0);
  const parts = new Map<string, number>();
  for (const share of [...shares].sort((a, b) => length(b) - length(a) || (a.key < b.key ? -1 : 1))) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + length(share);
    parts.set(share.key, lightest + 1);
  }
  return parts;
}

function hashOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0);
}
