import { KconformError } from '../errors.ts';
import type { AptOptions } from '../kernels/apt.ts';
import { obtainSource } from '../kernels/build/source.ts';
import type { BrokenKernel } from './broken-kernel.ts';
import { sourceText } from './declarations.ts';
import { mutantsOf, sample } from './mutants.ts';

export interface Draw {
  /** `kernel/bpf/inode.c`, or one function of it: `kernel/bpf/inode.c:bpf_parse_param`. */
  readonly target: string;
  readonly count: number;
  readonly seed: number;
}

/** @throws KC_NO_SUCH_MUTANTS when the file is not in the source, or nothing in the function can be changed */
export async function drawMutants(source: string, draw: Draw, options: AptOptions): Promise<BrokenKernel[]> {
  const { tree, version } = await obtainSource(source, options);
  const [file = '', only] = draw.target.split(':');
  const hint = 'name a C file below the root of the source, and a function of it behind a colon';
  const fail = (what: string, cause?: unknown) =>
    new KconformError(what, { code: 'KC_NO_SUCH_MUTANTS', blame: 'host', hint, cause });
  const text = await sourceText(tree, file).catch((cause: unknown) => {
    throw fail(`there is no file ${file} in the source of ${version}`, cause);
  });
  const all = mutantsOf(file, text, only);
  if (all.length === 0) throw fail(`the rules change nothing in ${draw.target}`);
  return sample(all, draw.count, draw.seed);
}
