/** results.json as it is written: docs/results.md and results.schema.json are its published form. */
import * as z from 'zod';
import { BLAMES } from '../../errors/error.ts';
import { VERDICTS } from '../../expect/outcome.ts';
import { KERNEL_ID } from '../../kernels/kernel-id.ts';
import { MachineShape } from '../../machine/faults.ts';

export const SCHEMA = 2;

const Verdict = z.enum(VERDICTS);
const Blame = z.enum(BLAMES);
const milliseconds = z.number().nonnegative();

/** Becomes a part of a path below the folder, and must not lead out of it. */
export const Within = z
  .string()
  .regex(/^(?!\.{0,2}(\/|$))[^/\0]+(\/(?!\.{0,2}(\/|$))[^/\0]+)*$/, 'leads out of the folder');

export const Kernel = z
  .object({
    id: z.string().regex(KERNEL_ID).meta({ description: 'unique; also the name of its folder' }),
    spec: z.string().meta({ description: 'the value of --kernel' }),
    version: z.string().meta({ description: 'its release, as uname -r prints it; several kernels may share it' }),
    package: z.string().nullable().meta({ description: 'NAME=VERSION of its package; null for a file or a build' }),
    sha256: z.string().exactOptional().meta({ description: 'of the uncompressed image, if it was obtained' }),
  })
  .meta({ id: 'Kernel' });

const Observation = z.object({
  path: z.string(),
  verdict: Verdict,
  expected: z.string(),
  observed: z.string(),
  quirk: z.string().exactOptional().meta({ description: 'title of the quirk, if the expected value is that of one' }),
});

const Splat = z.object({
  kind: z.string().meta({ description: 'BUG, WARNING, Oops, panic, KASAN, …' }),
  title: z.string(),
  fingerprint: z.array(z.string()).meta({ description: 'the first functions of its stack, innermost first' }),
  at: z.number().nullable().meta({ description: 'seconds since the boot of the guest; null without a time stamp' }),
  state: z.enum(['whole', 'cut off', 'interleaved']),
  text: z.array(z.string()),
  blame: z.literal('case').exactOptional().meta({ description: 'the scenario itself filled the memory of the guest' }),
});

const Leak = z.object({
  count: z.number(),
  bytes: z.number(),
  comm: z.string(),
  hex: z.array(z.string()),
  backtrace: z.array(z.string()),
});

const reasons = z.record(z.string(), z.string());
export const Oracles = z
  .object({
    splats: z.array(Splat),
    leaks: z.array(Leak),
    taints: z.array(z.string()).meta({ description: 'letters of the taint flags that were set' }),
    counters: z.array(z.string()).default([]),
    unavailable: reasons.default({}).meta({ description: 'oracle → why it could not observe' }),
    unproven: reasons.default({}).meta({ description: 'oracle → why it could not be tested on this kernel' }),
  })
  .meta({ id: 'Oracles' });

/** What was judged in one guest. */
const judged = {
  verdict: Verdict,
  durationMs: milliseconds,
  blame: Blame.exactOptional(),
  reason: z.string().exactOptional(),
  fix: z.string().exactOptional().meta({ description: 'the commit that the kernel lacks or seems to lack' }),
  observations: z.array(Observation),
  oracles: Oracles,
};

const { fix: _, ...again } = judged;
const Retry = z.object({ isolation: z.enum(['clone', 'cold']), ...again });

export const Evidence = z.object({
  awaited: z.string().exactOptional(),
  afterMs: milliseconds.exactOptional(),
  console: z.array(z.string()).exactOptional(),
  log: z.string().exactOptional(),
  output: z.string().exactOptional(),
});

const Machine = MachineShape.meta({
  id: 'Machine',
  description: 'on which it was run; absent for the default machine',
});

export const Packages = z
  .object({
    suite: z.string().meta({ description: 'the Debian release' }),
    sha256: z.string().meta({ description: 'of the archive with all of them' }),
    packages: z.array(z.string()).meta({ description: 'NAME=VERSION, dependencies included' }),
  })
  .meta({ id: 'Packages', description: 'Debian packages in the guest' });

const Skip = z
  .object({
    subtest: z.string().exactOptional().meta({ description: 'absent if the program skipped as a whole' }),
    reason: z.string().exactOptional(),
  })
  .meta({ id: 'Skip', description: 'what a program skipped although the expectation does not list it' });

const Result = z
  .object({
    kernel: Kernel,
    case: Within.meta({ description: 'GROUP/CASE, or (boot) for the boot of the kernel' }),
    machine: Machine.exactOptional(),
    packages: Packages.exactOptional(),
    ...judged,
    skips: z.array(Skip).exactOptional(),
    retries: z.array(Retry).exactOptional(),
    race: z.object({ attempts: z.int().positive(), schedule: MachineShape.shape.schedule }).exactOptional().meta({
      description:
        'a race, and how often it was run until it showed, and the schedule of these runs if any; where it did not show, that proves nothing',
    }),
    unstable: z.literal(true).exactOptional().meta({ description: 'a retry, or `earlier`, had another verdict' }),
    reused: z
      .object({ at: z.string().meta({ description: 'when it was observed: ISO 8601, UTC' }) })
      .exactOptional()
      .meta({ description: 'the case was not run: what an earlier run observed was judged anew' }),
    earlier: z
      .object({ at: z.string(), verdict: Verdict, reason: z.string().exactOptional() })
      .exactOptional()
      .meta({ description: 'an earlier run with the same inputs, judged anew, which this run does not agree with' }),
    evidence: Evidence.exactOptional(),
    hint: z.string().exactOptional(),
    rerun: z.string().meta({ description: 'the command that runs this case on this kernel again' }),
  })
  .meta({ id: 'Result' });

const Shard = z.object({
  index: z.int().positive(),
  count: z.int().positive(),
  keys: z.literal(1).exactOptional().meta({ description: 'the cases were divided as kconform did with schema 1' }),
});

const Planned = z
  .object({
    kernels: z.array(Kernel),
    cases: z.array(z.string()),
    inputs: z.record(z.string(), z.string()).exactOptional().meta({ description: 'case → hash of its files' }),
    shard: Shard.exactOptional(),
  })
  .meta({ id: 'Planned', description: 'everything that the run should judge, in all its parts' });

const Run = z
  .object({
    id: z.string(),
    startedAt: z.string().meta({ description: 'ISO 8601, UTC' }),
    state: z.enum(['running', 'finished', 'interrupted']).meta({ description: 'a killed run stays running' }),
    durationMs: milliseconds,
    kconform: z.string().meta({ description: 'version of kconform' }),
    host: z.object({ qemu: z.string(), cpus: z.number(), accelerator: z.string(), acceleratorReason: z.string() }),
    planned: Planned.exactOptional(),
  })
  .meta({ id: 'Run' });

const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, z.int().nonnegative()]));

export const ResultsSchema = z
  .object({
    schema: z.literal(SCHEMA),
    run: Run,
    results: z.array(Result).meta({ description: 'one for each case on each kernel, in the order of their end' }),
    totals: z.object(counts).meta({ description: 'verdict → number of results' }),
  })
  .meta({ title: 'kconform results.json', description: 'See docs/results.md.' });
