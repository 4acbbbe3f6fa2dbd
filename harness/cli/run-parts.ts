/** Runs that are a part of one, or go on with one that was cut. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { type PlannedKernel, plannedAgain, type ResolveOptions } from '../kernels/resolve.ts';
import type { Attempt } from '../run/case/retry.ts';
import type { KernelIdentity, Planned } from '../run/events.ts';
import type { Durations } from '../run/pool/durations.ts';
import { parseShard, type Shard, shardOfEnvironment } from '../run/pool/shard.ts';
import { readResults } from '../run/results/results-file.ts';
import { readStoredRun } from '../run/results/stored-run.ts';

/** The part that `--shard` or the environment names; undefined for a whole run. @throws KC_SHARD */
export function shardFor(asked: string | undefined): Shard | undefined {
  const shard = asked === undefined ? shardOfEnvironment(process.env) : parseShard(asked);
  return shard?.count === 1 ? undefined : shard;
}

/**
 * The part of a run that is resumed: that of its results. The environment does not count: the results may be those of another job.
 * @throws KC_SHARD where --shard names another part
 */
export function resumedShard(planned: Shard | undefined, asked: string | undefined): Shard | undefined {
  if (asked === undefined) return planned;
  const { index, count } = parseShard(asked);
  const own = planned ?? { index: 1, count: 1 };
  if (own.index === index && own.count === count) return planned;
  throw new KconformError(`--shard ${asked}: the results to resume are part ${own.index}/${own.count}`, {
    code: 'KC_SHARD',
    blame: 'host',
    hint: 'leave out --shard to resume that part, or --resume to start another one',
  });
}

/**
 * How long cases took in an earlier run.
 * @param path its results.json or folder, or a file of `{ "CASE": milliseconds }`
 * @throws KC_RESULTS_FILE
 */
export async function readShardDurations(path: string): Promise<Durations> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined && !text.includes('"schema"')) return plainDurations(path, text);
  const { results } = await readResults(path);
  const all = new Map<string, number[]>();
  for (const { case: name, durationMs } of results)
    if (name !== BOOT) all.set(name, [...(all.get(name) ?? []), durationMs]);
  return Object.fromEntries([...all].map(([name, ms]) => [name, ms.reduce((sum, one) => sum + one, 0) / ms.length]));
}

function plainDurations(path: string, text: string): Durations {
  try {
    const entries = Object.entries(JSON.parse(text)).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    if (entries.length > 0) return Object.fromEntries(entries);
  } catch {
    // told below
  }
  throw new KconformError(`${path} contains no durations`, {
    code: 'KC_RESULTS_FILE',
    blame: 'host',
    hint: 'name the results.json of an earlier run, or a file of { "CASE": milliseconds }',
  });
}

/** What a run that was cut has judged, and what it had set out to judge. */
export interface Resumed {
  readonly judged: readonly Attempt[];
  readonly planned?: Planned;
}

/** Nothing for a folder without results, or none: the run was cut before it began. @throws KC_RESULTS_FILE */
export async function resumeFrom(folder: string, progress: (message: string) => void): Promise<Resumed> {
  if (!existsSync(join(folder, 'results.json'))) {
    progress(`${folder} has no results yet: the run starts from the beginning`);
    return { judged: [] };
  }
  const { started, cases } = await readStoredRun(folder).catch((error: unknown) => {
    throw error instanceof KconformError ? brokenResults(folder, error) : error;
  });
  const judged = cases.filter(({ result }) => saysSomething(result));
  progress(`${folder} has ${judged.length} results, which are kept`);
  const again = cases.length - judged.length;
  if (again > 0) progress(`ERRORs of the host or the harness are judged again (${again})`);
  return { judged, ...(started.planned === undefined ? {} : { planned: started.planned }) };
}

/** An ERROR of the host or of the harness may not come again; one of the case comes again until the case is edited. */
function saysSomething({ verdict, blame }: Attempt['result']): boolean {
  return verdict !== 'ERROR' || blame === 'case';
}

function brokenResults(folder: string, error: KconformError): KconformError {
  return new KconformError(error.message, {
    code: error.code,
    blame: error.blame,
    hint: `to start from the beginning, move ${join(folder, 'results.json')} away, or use --out with another folder`,
    cause: error,
  });
}

/** The kernels that a run had set out with, those of packages fetched when their turn comes. */
export async function kernelsOfPlan({ kernels }: Planned, options: ResolveOptions): Promise<PlannedKernel[]> {
  const again: PlannedKernel[] = [];
  for (const identity of kernels) again.push(await plannedAgain(identity, options));
  return again;
}

/** What an earlier run judged, without what it judged on files that are other kernels by now, and of cases that are others. */
export function stillTrue(
  { judged, planned }: Resumed,
  kernels: readonly PlannedKernel[],
  inputs: Readonly<Record<string, string>>,
  progress: (message: string) => void,
): readonly Attempt[] {
  const isOther = ({ spec, package: name, id }: KernelIdentity) =>
    name === null && kernels.some((now) => now.package === null && now.spec === spec && now.id !== id);
  for (const { spec } of kernels) {
    const count = judged.filter(({ result: { kernel } }) => kernel.spec === spec && isOther(kernel)).length;
    if (count > 0) progress(`${spec} is now another kernel: its cases are judged again (${count})`);
  }
  // What a file of an earlier version does not tell is taken to be the same.
  const edited = Object.entries(planned?.inputs ?? {}).filter(([name, hash]) => (inputs[name] ?? hash) !== hash);
  for (const [name] of edited) progress(`${name} was edited, or is on another machine: it is judged again`);
  const stale = new Set(edited.map(([name]) => name));
  // The id of a file's kernel is that of its image; its modules may be others now.
  const mayHaveOtherModules = ({ result: { kernel, machine } }: Attempt) =>
    kernel.package === null && machine !== undefined;
  // The boot may have failed for a machine that only some cases ask for.
  const isBootError = ({ result }: Attempt) => result.case === BOOT && result.verdict === 'ERROR';
  return judged.filter(
    (one) =>
      !stale.has(one.result.case) && !isOther(one.result.kernel) && !isBootError(one) && !mayHaveOtherModules(one),
  );
}
