import * as z from 'zod';
import { KconformError } from '../errors/error.ts';
import { MachineShape } from '../machine/faults.ts';
import type { SuiteFields, SuiteFile } from './declaration.ts';

const words = z.string().min(1, 'it is empty');
/** `accept` proposes entries with TODO: nothing is expected before somebody has looked into it. */
const reason = words.refine(
  (text) => !/^todo\b/i.test(text),
  'TODO is no reason: look into it, and say what the cause is',
);
const list = z.array(words).readonly();
const atLeastOne = z.array(words).min(1, 'it is empty').readonly();
const subtests = atLeastOne.exactOptional();
const count = z.int('it is not a whole number').nonnegative();

const Known = z
  .strictObject({
    reason,
    cause: z.enum(['test', 'machine', 'kernel'], 'a cause is test, machine or kernel'),
    fix: words.exactOptional(),
    fixedIn: list.exactOptional(),
    introducedIn: list.exactOptional(),
    link: words.exactOptional(),
    subtests,
    problems: atLeastOne.exactOptional(),
    shows: z.enum(['fail', 'broken', 'xpass'], 'shows is fail, broken or xpass; for a skip use skips').exactOptional(),
    exitCode: count.exactOptional(),
    signal: z
      .string()
      .regex(/^SIG[A-Z0-9]+$/, 'a signal is written as SIGSEGV')
      .exactOptional(),
    emulatedOnly: z.literal(true).exactOptional(),
  })
  .refine(({ exitCode, signal }) => exitCode === undefined || signal === undefined, {
    message: 'a program that a signal ends has no exit status',
  })
  .refine(({ cause, fix, fixedIn }) => cause === 'kernel' || (fix === undefined && fixedIn === undefined), {
    message: 'only a fault of the kernel has a fix in a version of the kernel',
  })
  .refine(({ cause, emulatedOnly }) => cause === 'machine' || emulatedOnly === undefined, {
    message: 'only a fault of the machine can be one of emulated CPUs',
  })
  .readonly();

const Test = z
  .strictObject({
    machine: MachineShape.readonly().exactOptional(),
    needs: z
      .strictObject({
        config: list.exactOptional(),
        withoutConfig: list.exactOptional(),
        files: list.exactOptional(),
        features: list.exactOptional(),
      })
      .readonly()
      .exactOptional(),
    limitMs: z.number().positive().exactOptional(),
    args: z.array(z.string()).readonly().exactOptional(),
    env: z.record(words, z.string()).readonly().exactOptional(),
    prepare: words.exactOptional(),
    workdir: z.string().regex(/^\//, 'it does not begin with /').exactOptional(),
    splats: z
      .array(
        z
          .strictObject({ kind: words.exactOptional(), title: words.exactOptional(), frame: words.exactOptional() })
          .refine((splat) => Object.keys(splat).length > 0, 'it matches every splat')
          .readonly(),
      )
      .readonly()
      .exactOptional(),
    leftOut: reason.exactOptional(),
    slow: reason.exactOptional(),
    known: z.array(Known).readonly().exactOptional(),
    skips: z.array(z.strictObject({ reason, subtests }).readonly()).readonly().exactOptional(),
    flaky: z
      .array(
        z
          .strictObject({
            reason,
            failed: count.min(1),
            runs: count.min(1),
            subtests,
            failures: atLeastOne.exactOptional(),
            problems: atLeastOne.exactOptional(),
            exitCode: z.number().int().min(1).max(255).exactOptional(),
            emulatedOnly: z.literal(true).exactOptional(),
          })
          .refine(({ failed, runs }) => failed <= runs, 'it failed more often than it ran')
          .readonly(),
      )
      .readonly()
      .exactOptional(),
  })
  .readonly();

const common = {
  about: words,
  machine: MachineShape.readonly().exactOptional(),
  limitMs: z.number().positive().exactOptional(),
  tests: z
    .record(z.string().regex(/^[^/].*$/, 'a test is named by its path below the suite'), Test)
    .readonly()
    .exactOptional(),
  list: words.exactOptional(),
};

const Programs = z.strictObject({
  ...common,
  kind: z.literal('programs'),
  folder: words,
  convention: z.enum(['kselftest', 'ltp', 'automake', 'liburing', 'plain']).exactOptional(),
  helpers: list.exactOptional(),
});

const Kselftest = z.strictObject({
  ...common,
  kind: z.literal('kselftest'),
  source: words.exactOptional(),
  targets: atLeastOne,
  only: z.record(words, atLeastOne).readonly().exactOptional(),
  more: z
    .array(z.string().regex(/^[^/]+\/./, 'a test is written as TARGET/PROGRAM'))
    .readonly()
    .exactOptional(),
});

const Liburing = z.strictObject({ ...common, kind: z.literal('liburing'), source: words.exactOptional() });

const Ltp = z.strictObject({ ...common, kind: z.literal('ltp'), folder: words, runtest: atLeastOne });

/** Checks what stands in a suite file; the type is SuiteFields. */
const Shape = z.discriminatedUnion('kind', [Kselftest, Liburing, Ltp, Programs]) satisfies z.ZodType<SuiteFields>;

/**
 * The suite in the default export of a suite file.
 * @throws KC_SUITE (case) with each fault
 */
export function asSuite(value: unknown, file: string): SuiteFields {
  if (!isSuiteFile(value)) {
    throw suiteError(`${file} has no default export made by suite(…)`, "export default suite({ kind: 'programs', … })");
  }
  const parsed = Shape.safeParse(value.suite);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw suiteError(`${file} is not a suite: ${faults.join('; ')}`, 'run npx tsc --noEmit: it reports wrong fields');
}

function isSuiteFile(value: unknown): value is SuiteFile {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'suite' && 'suite' in value;
}

export function suiteError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_SUITE', blame: 'case', hint });
}
