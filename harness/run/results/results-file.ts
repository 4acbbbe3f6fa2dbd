import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { KconformError } from '../../errors/error.ts';
import type { CaseResult } from '../events.ts';

const Verdict = z.enum(['PASS', 'FAIL', 'XFAIL', 'XPASS', 'SKIP', 'ERROR']);
const Blame = z.enum(['kernel', 'case', 'harness', 'host']);

/** Becomes a part of a path below the folder, and must not lead out of it. */
const Within = z.string().regex(/^(?!\.{0,2}(\/|$))[^/\0]+(\/(?!\.{0,2}(\/|$))[^/\0]+)*$/, 'leads out of the folder');

const Kernel = z.object({ spec: z.string(), version: Within, package: z.string().nullable() });
const PlannedKernel = Kernel.extend({ sha256: z.string().exactOptional() });

const Observation = z.object({
  path: z.string(),
  verdict: Verdict,
  expected: z.string(),
  observed: z.string(),
  quirk: z.string().exactOptional(),
});

const Splat = z.object({
  kind: z.string(),
  title: z.string(),
  fingerprint: z.array(z.string()),
  at: z.number().nullable(),
  state: z.enum(['whole', 'cut off', 'interleaved']),
  text: z.array(z.string()),
});

const Leak = z.object({
  count: z.number(),
  bytes: z.number(),
  comm: z.string(),
  hex: z.array(z.string()),
  backtrace: z.array(z.string()),
});

const Oracles = z.object({
  splats: z.array(Splat),
  leaks: z.array(Leak),
  taints: z.array(z.string()),
  counters: z.array(z.string()).default([]),
  unavailable: z.record(z.string(), z.string()).default({}),
  unproven: z.record(z.string(), z.string()).default({}),
});

/** What was judged in one guest. */
const judged = {
  verdict: Verdict,
  durationMs: z.number(),
  blame: Blame.exactOptional(),
  reason: z.string().exactOptional(),
  fix: z.string().exactOptional(),
  observations: z.array(Observation),
  oracles: Oracles,
};

const { fix: _, ...again } = judged;
const Retry = z.object({ isolation: z.enum(['clone', 'cold']), ...again });

const Evidence = z.object({
  awaited: z.string().exactOptional(),
  afterMs: z.number().exactOptional(),
  console: z.array(z.string()).exactOptional(),
  log: z.string().exactOptional(),
  output: z.string().exactOptional(),
});

const Result = z.object({
  kernel: Kernel,
  case: Within,
  ...judged,
  retries: z.array(Retry).exactOptional(),
  evidence: Evidence.exactOptional(),
  hint: z.string().exactOptional(),
  rerun: z.string().exactOptional(),
});

const Run = z.object({
  id: z.string(),
  startedAt: z.string(),
  /** Files of earlier versions do not say it. */
  state: z.enum(['running', 'finished', 'interrupted']).default('finished'),
  durationMs: z.number(),
  kconform: z.string(),
  planned: z
    .object({
      kernels: z.array(PlannedKernel),
      cases: z.array(z.string()),
      inputs: z.record(z.string(), z.string()).exactOptional(),
      shard: z.object({ index: z.int().positive(), count: z.int().positive() }).exactOptional(),
    })
    .exactOptional(),
  host: z.object({ qemu: z.string(), cpus: z.number(), accelerator: z.string(), acceleratorReason: z.string() }),
});

const File = z.object({ schema: z.literal(1), run: Run, results: z.array(Result) });

/** A results.json as it was read. */
export type ResultsFile = z.infer<typeof File>;

/** One case on one kernel, judged just now or read from a file: what all analysis looks at. */
export type Judged = Omit<CaseResult, 'evidence' | 'hint' | 'rerun'>;

/**
 * Reads a results.json.
 * @param path the file, or the folder of `--out` that has it
 * @throws KC_RESULTS_FILE (host)
 */
export async function readResults(path: string): Promise<ResultsFile> {
  const folder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  const file = folder ? join(path, 'results.json') : path;
  try {
    return File.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new KconformError(`cannot read ${file}: ${why(cause)}`, {
      code: 'KC_RESULTS_FILE',
      blame: 'host',
      hint: 'name the results.json of a run with --out, or its folder',
      cause,
    });
  }
}

function why(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause);
  const [first] = cause.issues;
  return `it is no results.json of schema 1 (${first?.path.join('.')}: ${first?.message})`;
}
