/** What `audit --json` and `compare --json` of two kernels print: docs/audit.schema.json and docs/update.schema.json are its published form. */
import * as z from 'zod';
import { VERDICTS } from '../expect/outcome.ts';
import { Kernel } from '../run/results/schema.ts';
import type { KernelAudit } from './audit-kernels.ts';
import type { Update } from './update.ts';

const Verdict = z.enum(VERDICTS);
const State = z.enum(['has', 'lacks', 'unknown']);
const Cve = z.array(z.string()).meta({ description: 'CVE numbers of the bugs that it fixes' });
const ofCase = { case: z.string(), area: z.string().meta({ description: 'the folder of the case' }) };

const Witness = z.object({
  case: z.string(),
  state: State,
  why: z
    .string()
    .exactOptional()
    .meta({ description: 'why it is undetermined, or the evidence that the commit is missing' }),
  missed: z.literal(true).exactOptional().meta({ description: 'the version should have the commit' }),
});

const AuditedCommit = z
  .object({
    commit: z.string().meta({ description: 'hash or title of the upstream commit' }),
    area: ofCase.area,
    fixes: z.boolean().meta({ description: 'it fixes a declared bug; else a case is about it' }),
    cve: Cve,
    fixedIn: z.array(z.string()).meta({ description: 'the first versions with it, one per branch' }),
    state: State.meta({ description: 'has: the kernel behaves as one with the commit, or never had the bug' }),
    witnesses: z.array(Witness).meta({ description: 'the evidence of each case' }),
  })
  .meta({ id: 'Commit' });

const Failed = z.object({ case: z.string(), why: z.string() }).meta({
  id: 'Failed',
  description: 'a case that could not be loaded, or is an ERROR: it says nothing about the kernel',
});

export const AuditSchema = z
  .array(z.object({ kernel: Kernel, commits: z.array(AuditedCommit), failed: z.array(Failed) }))
  .meta({ title: 'kconform audit --json', description: 'One entry for each kernel.' });

const Cause = z.object({
  commit: z.string(),
  newer: z.enum(['with', 'without']).meta({
    description:
      'with: the newer kernel behaves as one with the commit, the older one as one without it; or the other way round',
  }),
  bug: z.string().exactOptional().meta({ description: 'what the bug does that it fixes' }),
  cve: Cve,
  since: z
    .string()
    .exactOptional()
    .meta({ description: 'the first version of the branch of the newer kernel with it, if the update goes past it' }),
});

const Change = z
  .object({
    ...ofCase,
    kind: z.enum(['fixed', 'broken', 'changed']),
    about: z.string().meta({ description: 'what the case tests' }),
    observations: z.array(z.object({ path: z.string(), before: z.string(), after: z.string() })),
    reports: z
      .object({ before: z.array(z.string()), after: z.array(z.string()) })
      .meta({ description: 'splats, leaks and taints of only one of the two' }),
    reason: z.string().exactOptional().meta({ description: 'of the verdict on the kernel that misbehaves' }),
    causes: z.array(Cause),
  })
  .meta({ id: 'Change' });

export const UpdateSchema = z
  .object({
    schema: z.literal(1),
    before: Kernel,
    after: Kernel,
    changes: z.array(Change),
    stays: z
      .array(z.object({ ...ofCase, verdict: Verdict, reason: z.string().exactOptional() }))
      .meta({ description: 'what misbehaves on both' }),
    undetermined: z
      .array(
        z.object({
          ...ofCase,
          before: z.string(),
          after: z.string(),
          fails: z.enum(['race', 'error']).exactOptional().meta({
            description:
              'why it counts for the exit code: a race that is a FAIL on the newer kernel, or an ERROR on the newer one only',
          }),
        }),
      )
      .meta({ description: 'why nothing is known of one or both' }),
    inapplicable: z.array(z.object({ ...ofCase, reason: z.string() })).meta({ description: 'SKIP on both' }),
    same: z.int().nonnegative().meta({ description: 'cases that behave on both, in the same way' }),
  })
  .meta({ title: 'kconform compare KERNEL KERNEL --json' });

/** The audits of kernels as `--json` prints them. */
export function auditDocument(audits: readonly KernelAudit[]): z.infer<typeof AuditSchema> {
  return AuditSchema.parse(audits);
}

/** An update as `--json` prints it. */
export function updateDocument(update: Update): z.infer<typeof UpdateSchema> {
  return UpdateSchema.parse({ schema: 1, ...update });
}
