import { z } from 'zod';

/** What the schema's own pattern for names and texts excludes. */
const text = z.string().regex(/^[^\0]*$/);
const origin = z.string().regex(/^[a-z0-9_]+$/);
const id = z.string().regex(/^[a-z0-9_]+:[^\0]*$/);
const time = z.iso.datetime({ offset: true });
const misc = z.record(z.string(), z.unknown());
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']);

/**
 * The fields that we write, of the I/O schema 5.3 (kcidb-io, kcidb_io/schema/v05_03.py), with the constraints that it puts on
 * them; like it, nothing else is taken. That schema is published for Python alone, so that no test of ours can load it.
 */
export const kcidbReport = z.strictObject({
  version: z.strictObject({ major: z.literal(5), minor: z.int().min(0).max(3) }),
  checkouts: z.array(z.strictObject({ id, origin, comment: text, start_time: time, valid: z.boolean(), misc })),
  builds: z.array(
    z.strictObject({
      id,
      origin,
      checkout_id: id,
      architecture: z.string().regex(/^[a-z0-9_]*$/),
      comment: text,
      status: status.exactOptional(),
    }),
  ),
  tests: z.array(
    z.strictObject({
      id,
      origin,
      build_id: id,
      path: z.string().regex(/^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?$/),
      comment: text,
      status,
      start_time: time,
      duration: z.number(),
      environment: z.strictObject({ comment: text, misc }),
      log_excerpt: text.max(16_384).exactOptional(),
      misc,
    }),
  ),
  issues: z.array(
    z.strictObject({
      id,
      version: z.int().min(0),
      origin,
      report_subject: text,
      culprit: z.strictObject({ code: z.boolean(), tool: z.boolean(), harness: z.boolean() }),
      comment: text.exactOptional(),
    }),
  ),
  incidents: z.array(
    z.strictObject({
      id,
      origin,
      issue_id: id,
      issue_version: z.int().min(0),
      test_id: id,
      present: z.boolean(),
    }),
  ),
});

export type KcidbReport = z.infer<typeof kcidbReport>;
export type KcidbStatus = z.infer<typeof status>;
