/** What `audit` looks at: which cases, and their results. */
import { KconformError } from '../errors/error.ts';
import type { Expectation } from '../expect/expectation.ts';
import { isEditedSince } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';
import type { KernelIdentity } from '../run/events.ts';
import { type Judged, type ResultsFile, readResults } from '../run/results/results-file.ts';
import type { Asked, AuditedCases, Failed } from '../series/audit-kernels.ts';
import { commitsOf, cveOf, namesCommit } from '../series/cve.ts';
import { progressToStderr } from './options.ts';
import { type RacesChoice, withRaces } from './races.ts';

interface Choice extends RacesChoice {
  readonly results?: readonly string[];
  readonly cve?: readonly string[];
}

interface ChosenForAudit extends Pick<AuditedCases, 'unloaded' | 'asked'> {
  /** Cases whose results count. */
  readonly heard: readonly Case[];
  /** Those of them that are run. */
  readonly judged: readonly Case[];
}

/**
 * A number that only a race declares is known too; results that exist may have races.
 * @throws KC_UNKNOWN_CVE (host); KC_NO_CASES where only races are left
 */
export function auditedCases(all: readonly Case[], names: readonly string[], options: Choice): ChosenForAudit {
  const unloaded = all.flatMap(({ name, loaded }) =>
    loaded instanceof KconformError ? [{ case: name, why: loaded.message }] : [],
  );
  const asked = options.cve && commitsOfAll(all, options.cve, unloaded);
  const declared = asked === undefined ? all : all.filter((one) => isAbout(one, asked));
  if (options.results !== undefined && !options.races)
    return { heard: declared, judged: [], unloaded, ...(asked && { asked }) };
  const judged = withRaces(declared, names, options.races ? 'only' : 'named', progressToStderr);
  // A race that is not run may be what names the number.
  return { heard: asked === undefined ? judged : declared, judged, unloaded, ...(asked && { asked }) };
}

/** The cases that could be loaded, by name. */
export function expectationsOf(cases: readonly Case[]): ReadonlyMap<string, Expectation> {
  return new Map(
    cases.flatMap(({ name, loaded }) => (loaded instanceof KconformError ? [] : [[name, loaded.expectation] as const])),
  );
}

function commitsOfAll(cases: readonly Case[], numbers: readonly string[], unloaded: readonly Failed[]): Asked {
  const expectations = [...expectationsOf(cases).values()];
  const declared = new Set(expectations.flatMap(cveOf));
  const unknown = numbers.filter((number) => !declared.has(number));
  if (unknown.length > 0) {
    const failed = unloaded.length === 0 ? '' : `; not loaded: ${unloaded.map((one) => one.case).join(', ')}`;
    throw new KconformError(`no case declares ${unknown.join(', ')}`, {
      code: 'KC_UNKNOWN_CVE',
      blame: 'host',
      hint: `declared: ${[...declared].sort().join(', ') || 'none'}${failed}`,
    });
  }
  return new Map(numbers.map((number) => [number, commitsOf(number, expectations)]));
}

/** A bug without a fix has a number all the same, and its case is taken. */
function isAbout({ loaded }: Case, asked: Asked): boolean {
  if (loaded instanceof KconformError) return false;
  const { expectation } = loaded;
  return [...asked].some(
    ([number, commits]) => namesCommit(expectation, commits) || cveOf(expectation).includes(number),
  );
}

/** Results, the kernels that they should be of, and which of them are of cases that were edited since. */
export interface ForAudit {
  readonly results: readonly Judged[];
  readonly kernels: readonly KernelIdentity[];
  readonly isEdited: (result: Judged) => boolean;
}

/** The results of all files, in their order. */
export async function readForAudit(paths: readonly string[], cases: readonly Case[]): Promise<ForAudit> {
  const files = await Promise.all(paths.map(readResults));
  const edited = new Set((await Promise.all(files.map((file) => editedSince(file, cases)))).flat());
  return {
    results: files.flatMap(({ results }) => results),
    kernels: files.flatMap(({ run }) => run.planned?.kernels ?? []),
    isEdited: (result) => edited.has(result),
  };
}

async function editedSince({ run, results }: ResultsFile, cases: readonly Case[]): Promise<Judged[]> {
  const inputs = run.planned?.inputs ?? {};
  const names = new Set<string>();
  for (const one of cases) if (await isEditedSince(one, inputs[one.name])) names.add(one.name);
  return results.filter((one) => names.has(one.case));
}
