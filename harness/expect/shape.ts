import * as z from 'zod';
import { KconformError } from '../errors.ts';
import type { Expectation } from './expectation.ts';

const words = z.string().min(1);
/** A text, or a matcher for it, which what it matches tells when it is judged. */
const textOrMatcher = z.union([words, z.looseObject({})], 'it is neither a text nor a matcher');
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
 * What expect.ts exports, if it has the fields of an expectation and no others. A run asks no compiler, and a field that nobody
 * reads, such as a misspelt `needs`, would change verdicts in silence.
 * @throws KC_CASE_BROKEN (case) with each fault
 */
export function asExpectation(value: object): Expectation {
  const { error } = Shape.safeParse(value);
  if (error === undefined) return value as Expectation;
  const faults = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new KconformError(`expect.ts is no expectation: ${faults.join('; ')}`, {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    hint: 'npx tsc --noEmit tells what does not fit its type',
  });
}
