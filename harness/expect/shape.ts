import * as z from 'zod';
import { KconformError } from '../errors/error.ts';
import type { Expectation } from './expectation.ts';
import { dataFaults } from './faults/data.ts';
import { faultsOf } from './faults/faults.ts';
import { isMatcher } from './matchers/matchers.ts';

const words = z.string().min(1);
const textOrMatcher = z.union([words, z.custom(isMatcher)], 'it is neither a text nor a matcher');
const splats = z
  .array(z.strictObject({ kind: words.optional(), title: textOrMatcher.optional(), frame: words.optional() }))
  .optional();
const byPath = z.record(z.string(), z.unknown());

const Shape = z.strictObject({
  kind: z.literal('expectation'),
  about: words,
  commit: z.union([words, z.array(words).min(1)], 'it is neither a commit nor a list of commits').optional(),
  source: words.optional(),
  needs: z
    .strictObject({
      config: z.array(words).optional(),
      withoutConfig: z.array(words).optional(),
      files: z.array(words).optional(),
      features: z.array(words).optional(),
    })
    .optional(),
  versions: z.array(words).optional(),
  splats,
  knownBugs: z
    .array(
      z.strictObject({
        title: words,
        fix: words.nullable(),
        introducedIn: z.array(words).optional(),
        fixedIn: z.array(words),
        link: words.optional(),
        instead: byPath,
        splats,
        leaks: z.array(textOrMatcher).optional(),
      }),
    )
    .optional(),
  quirks: z.array(z.strictObject({ title: words, documented: words, link: words, promised: byPath })).optional(),
  limitMs: z.number().positive().optional(),
  behaviours: z.record(z.string(), z.union([z.literal('all'), z.array(words)])).optional(),
  outcome: z.looseObject({}),
});

/**
 * What expect.ts exports, if it is an expectation that can be judged: data with the known fields and no others, matchers that
 * can fail, declarations and versions that mean something. Such a fault holds on every kernel, so it is told before any is
 * run; otherwise it would decide a verdict.
 * @throws KC_CASE_BROKEN (case) with each fault
 */
export function asExpectation(value: object): Expectation {
  const noData = dataFaults(value);
  if (noData.length > 0)
    throw refused(noData, 'expected are null, booleans, numbers, text, lists and objects of them, and matchers');
  const { error } = Shape.safeParse(value);
  const faults = error?.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')) ?? [];
  if (faults.length > 0) throw refused(faults, 'npx tsc --noEmit tells what does not fit its type');
  const expectation = value as Expectation;
  const wrong = faultsOf(expectation);
  if (wrong.length > 0) throw refused(wrong, 'this holds on every kernel: correct expect.ts');
  return expectation;
}

function refused(faults: readonly string[], hint: string): KconformError {
  return new KconformError(`expect.ts is not an expectation: ${faults.join('; ')}`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint,
  });
}
