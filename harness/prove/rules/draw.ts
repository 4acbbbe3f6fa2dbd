import { KconformError } from '../../errors/error.ts';
import { obtainSource } from '../../kernels/build/source.ts';
import type { AptOptions } from '../../kernels/debian/apt.ts';
import type { EquivalentMutant, RuleMutant } from '../mutant.ts';
import { sourceText } from '../source-text.ts';
import { markEquivalent } from './equivalent.ts';
import { mutantsOf, sample } from './rules.ts';

/** Which mutants to draw. */
export interface MutantSample {
  /** Each `kernel/bpf/inode.c`, or a function or line of it: `kernel/bpf/inode.c:bpf_parse_param`, `kernel/bpf/inode.c:962`. */
  readonly targets: readonly string[];
  /** How many, of all targets together. */
  readonly count: number;
  readonly seed: number;
  readonly equivalents: readonly EquivalentMutant[];
}

/** @throws KC_NOTHING_TO_MUTATE when a file is not in the source, or nothing in a function can be changed */
export async function drawMutants(source: string, draw: MutantSample, options: AptOptions): Promise<RuleMutant[]> {
  const { tree, version } = await obtainSource(source, options);
  const all: RuleMutant[] = [];
  for (const target of draw.targets) all.push(...(await mutantsAt(target, tree, version, draw.equivalents)));
  const once = new Map(all.map((mutant) => [mutant.id, mutant])); // a file, and a function of it
  return sample([...once.values()], draw.count, draw.seed);
}

async function mutantsAt(
  target: string,
  tree: string,
  version: string,
  equivalents: readonly EquivalentMutant[],
): Promise<RuleMutant[]> {
  const [file = '', only] = target.split(':');
  const hint = 'name a C file below the root of the source, and a function or the number of a line behind a colon';
  const fail = (what: string, cause?: unknown) =>
    new KconformError(what, { code: 'KC_NOTHING_TO_MUTATE', blame: 'host', hint, cause });
  const text = await sourceText(tree, file).catch((cause: unknown) => {
    throw fail(`there is no file ${file} in the source of ${version}`, cause);
  });
  const found = mutantsOf(file, text, only);
  if (found.length === 0) throw fail(`the rules change nothing in ${target}`);
  return markEquivalent(found, text, equivalents);
}
