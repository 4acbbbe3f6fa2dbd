import * as z from 'zod';
import { KconformError } from '../errors/error.ts';
import { MachineShape } from '../machine/faults.ts';
import { ProgramShape } from '../scenario/programs/program-request.ts';
import type { Expectation, ExpectedData } from './expectation.ts';
import { dataFaults } from './faults/data.ts';
import { faultsOf } from './faults/faults.ts';
import { isMatcher, type Matcher } from './matchers/matchers.ts';
import { plainIssue } from './plain-issue.ts';
import { withPlainPaths, withRule } from './program/rule.ts';

const words = z.string().min(1);
const list = z.array(words).readonly();
const cveNumber = z.string().regex(/^CVE-\d{4}-\d{4,}$/, 'a CVE number has the form CVE-2026-31554');
const textOrMatcher = z.union([words, z.custom<Matcher<string>>(isMatcher)], 'it is neither a text nor a matcher');
const splats = listOf({
  kind: words.exactOptional(),
  title: textOrMatcher.exactOptional(),
  frame: words.exactOptional(),
});
// dataFaults has checked the values.
const byPath = z.record(z.string(), z.custom<ExpectedData>()).readonly();

/** What `Expectation` says about data from a file; a test compares both. */
const Shape = objectOf({
  kind: z.literal('expectation'),
  about: words,
  commit: z
    .union([words, z.array(words).min(1).readonly()], 'it is neither a commit nor a list of commits')
    .exactOptional(),
  cve: z.array(cveNumber).min(1).readonly().exactOptional(),
  source: words.exactOptional(),
  needs: objectOf({
    config: list.exactOptional(),
    withoutConfig: list.exactOptional(),
    files: list.exactOptional(),
    features: list.exactOptional(),
  }).exactOptional(),
  versions: list.exactOptional(),
  splats: splats.exactOptional(),
  knownBugs: listOf({
    title: words,
    fix: words.nullable(),
    introducedIn: list.exactOptional(),
    fixedIn: list,
    link: words.exactOptional(),
    cve: z.array(cveNumber).min(1).readonly().exactOptional(),
    instead: byPath,
    splats: splats.exactOptional(),
    leaks: z.array(textOrMatcher).readonly().exactOptional(),
    mayBeAbsent: z.literal(true).exactOptional(),
    emulatedOnly: z.literal(true).exactOptional(),
    schedule: objectOf({ seed: MachineShape.shape.schedule.unwrap(), kernel: words, qemu: words }).exactOptional(),
  }).exactOptional(),
  race: objectOf({ hits: z.int().positive(), runs: z.int().min(50), kernel: words }).exactOptional(),
  quirks: listOf({ title: words, documented: words, link: words, promised: byPath }).exactOptional(),
  machine: MachineShape.readonly().exactOptional(),
  program: ProgramShape.readonly().exactOptional(),
  limitMs: z.number().positive().exactOptional(),
  behaviours: z
    .record(z.string(), z.union([z.literal('all'), list]))
    .readonly()
    .exactOptional(),
  outcome: z.custom<object>(isObject, 'Invalid input: expected object'),
});

/** The type of data that the schema accepts. */
export type ShapeOutput = z.output<typeof Shape>;

/** An object with these fields and no others. A field that is undefined counts as left out. */
function objectOf<F extends z.ZodRawShape>(fields: F) {
  return z.preprocess(withoutUndefined, z.strictObject(fields).readonly());
}

function listOf<F extends z.ZodRawShape>(fields: F) {
  return z.array(objectOf(fields)).readonly();
}

function withoutUndefined(value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
    : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks that the export of expect.ts is an expectation that can be judged: data with the known fields and no others, matchers that
 * can fail, valid paths and versions. A fault here holds on every kernel. It is reported before any case runs; otherwise it would
 * decide a verdict.
 * @throws KC_CASE_BROKEN (case) with each fault
 */
export function asExpectation(value: object): Expectation {
  const noData = dataFaults(value);
  if (noData.length > 0)
    throw refused(noData, 'expected are null, booleans, numbers, text, lists and objects of them, and matchers');
  const { error } = Shape.safeParse(value);
  const faults = error?.issues.map((issue) => plainIssue(issue, value)) ?? [];
  if (faults.length > 0) throw refused(faults, 'run npx tsc --noEmit: it reports the fields of a wrong type');
  const expectation = withPlainPaths(value as Expectation);
  const wrong = faultsOf(withRule(expectation));
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
