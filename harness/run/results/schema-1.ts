/** results.json of kconform before kernels had an id. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { imageId, packageId } from '../../kernels/kernel-id.ts';
import { SCHEMA, Within } from './schema.ts';

const SCHEMA_1 = 1;

const Kernel = z.looseObject({
  spec: z.string(),
  version: Within,
  package: z.string().nullable(),
  sha256: z.string().exactOptional(),
});
type Kernel = z.infer<typeof Kernel>;

/** What schema 2 has and schema 1 has not, or not always; the rest is checked as schema 2. */
const Document = z.looseObject({
  schema: z.literal(SCHEMA_1),
  run: z.looseObject({
    state: z.string().default('finished'),
    planned: z.looseObject({ kernels: z.array(Kernel), shard: z.looseObject({}).exactOptional() }).exactOptional(),
  }),
  results: z.array(z.looseObject({ kernel: Kernel, case: z.string(), rerun: z.string().exactOptional() })),
});

/**
 * The same document as schema 2 has it. The id of a kernel is that of its package, or of its image if the plan of the run has
 * its hash, or else is derived from its release and spec: by these alone such files told kernels apart.
 * @throws ZodError
 */
export function upgraded(document: unknown): object {
  const { run, results, ...others } = Document.parse(document);
  const images = new Map(
    (run.planned?.kernels ?? []).flatMap(({ sha256, ...kernel }) =>
      sha256 === undefined ? [] : [[nameOf(kernel), sha256] as const],
    ),
  );
  const withId = (kernel: Kernel) => ({ ...kernel, id: idOf(kernel, images.get(nameOf(kernel))) });
  const planned = run.planned && {
    ...run.planned,
    kernels: run.planned.kernels.map(withId),
    ...(run.planned.shard === undefined ? {} : { shard: { ...run.planned.shard, keys: SCHEMA_1 } }),
  };
  return {
    ...others,
    schema: SCHEMA,
    run: { ...run, ...(planned === undefined ? {} : { planned }) },
    results: results.map((result) => ({
      ...result,
      kernel: withId(result.kernel),
      rerun: result.rerun ?? `npx kconform run ${result.case} --kernel ${result.kernel.spec}`,
    })),
  };
}

/** The folder below that of results.json, where schema 1 has the logs of that kernel. */
export function folderOfVersion(version: string): string {
  return version.replaceAll('/', '_');
}

function idOf({ package: name, version, spec }: Kernel, sha256: string | undefined): string {
  if (name !== null) return packageId(name);
  return imageId(version, sha256 ?? `spec-${createHash('sha256').update(spec).digest('hex')}`);
}

function nameOf({ package: name, version, spec }: Pick<Kernel, 'package' | 'version' | 'spec'>): string {
  return JSON.stringify([name, version, spec]);
}
