import { KconformError } from '../errors/error.ts';
import { obtainSource } from '../kernels/build/source.ts';
import type { AptOptions } from '../kernels/debian/apt.ts';
import type { BrokenKernel } from './broken-kernel.ts';
import { sourceText } from './declarations.ts';
import { mutantsOf, sample } from './mutants.ts';
import { explain, type Survivor } from './survivors.ts';

export interface Draw {
  /** Each `kernel/bpf/inode.c`, or one function of it: `kernel/bpf/inode.c:bpf_parse_param`. */
  readonly targets: readonly string[];
  /** Of all together. */
  readonly count: number;
  readonly seed: number;
  readonly survivors: readonly Survivor[];
}

/** @throws KC_NO_SUCH_MUTANTS when a file is not in the source, or nothing in a function can be changed */
export async function drawMutants(source: string, draw: Draw, options: AptOptions): Promise<BrokenKernel[]> {
  const { tree, version } = await obtainSource(source, options);
  const all: BrokenKernel[] = [];
  for (const target of draw.targets) all.push(...(await mutantsAt(target, tree, version, draw.survivors)));
  const once = new Map(all.map((mutant) => [mutant.id, mutant])); // a file, and a function of it
  return sample([...once.values()], draw.count, draw.seed);
}

async function mutantsAt(
  target: string,
  tree: string,
  version: string,
  survivors: readonly Survivor[],
): Promise<BrokenKernel[]> {
  const [file = '', only] = target.split(':');
  const hint = 'name a C file below the root of the source, and a function of it behind a colon';
  const fail = (what: string, cause?: unknown) =>
    new KconformError(what, { code: 'KC_NO_SUCH_MUTANTS', blame: 'host', hint, cause });
  const text = await sourceText(tree, file).catch((cause: unknown) => {
    throw fail(`there is no file ${file} in the source of ${version}`, cause);
  });
  const found = mutantsOf(file, text, only);
  if (found.length === 0) throw fail(`the rules change nothing in ${target}`);
  return explain(found, text, survivors);
}
