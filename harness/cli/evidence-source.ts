import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceOfCase } from '../evidence/case-source.ts';
import { type KeptSource, keptSource, PLAIN_SOURCE } from '../evidence/kept-source.ts';
import { type StoredCase, storedCase } from '../evidence/stored-case.ts';
import { markOthers } from '../evidence/versions.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import type { Case } from '../run/discovery/case.ts';
import { editBetween } from '../run/discovery/case-inputs.ts';
import { scheduleError } from '../run/schedule/refusals.ts';
import { byAge } from '../series/kernels.ts';
import { chosenCases } from './chosen-cases.ts';
import { findDefaults } from './defaults.ts';
import { inputsFor } from './inputs.ts';
import { keptVersions, ofSameMachine, whyNotKept } from './kept-versions.ts';

/** The name of the evidence of a case where none is given. */
export function evidenceName(name: string): string {
  return `evidence-${name.replaceAll(/[^\w.+-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')}`;
}

/** One case of a stored run, with what is known of it beyond the results. */
export interface StoredSubject {
  /** With the results that the cache keeps of other kernels. */
  readonly stored: StoredCase;
  /** What reproduces it: what the run kept, or the case as it is now. */
  readonly source: KeptSource;
  /** The case, if its folder is here. */
  readonly testCase: Case | undefined;
  /** The folder of cases. */
  readonly root: string;
  readonly notes: readonly string[];
}

interface Asked {
  readonly kernel?: string | undefined;
  readonly cases?: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws as storedCase, and sourceOfCase; KC_SCHEDULE (case) for a run under a schedule */
export async function storedSubject(out: string, name: string | undefined, asked: Asked): Promise<StoredSubject> {
  const { signal } = asked;
  const stored = await storedCase(out, name, asked.kernel);
  if (stored.subject.result.machine?.schedule !== undefined)
    throw scheduleError(
      `${stored.name} was run with a schedule, which nothing but kconform can run again`,
      'run it without a schedule, with --out; or give the command that replays it (repro --schedule)',
    );
  const root = asked.cases ?? (await findDefaults()).cases;
  const folder = existsSync(out) && statSync(out).isDirectory() ? out : dirname(out);
  const kept = await keptSource(folder, stored.name);
  if (kept !== undefined) return { stored, source: kept, testCase: undefined, root, notes: [] };
  const testCase = await caseIn(root, stored.name, signal);
  if (testCase === undefined) {
    const notes = [`The case ${stored.name} is not in ${root}, so that its files are missing here.`];
    return { stored, source: MISSING, testCase, root, notes };
  }
  const source = await sourceOfCase(testCase.folder);
  const inputs = stored.run.planned?.inputs?.[stored.name];
  const now = (await inputsFor([testCase], {}, DEFAULT_MACHINE))[stored.name];
  if (editBetween(stored.name, inputs, now) === 'own') {
    const notes = ['The case was edited after the run. The reproducer here is what it is now.'];
    return { stored, source, testCase, root, notes };
  }
  const why = whyNotKept({ result: stored.subject.result, inputs, now });
  if (why !== undefined) {
    const notes = [`${why} Results of other kernels that the cache keeps are left out.`];
    return { stored, source, testCase, root, notes };
  }
  return { stored: await withKeptVersions(stored, testCase, signal), source, testCase, root, notes: [] };
}

const MISSING: KeptSource = { ...PLAIN_SOURCE, form: 'other', about: 'not at hand', files: new Map() };

/** Tests of suites have no folder, and making them would build the suite. */
async function caseIn(root: string, name: string, signal: AbortSignal): Promise<Case | undefined> {
  if (!existsSync(join(root, name, 'expect.ts'))) return undefined;
  const [testCase] = await chosenCases([name], { cases: root, signal });
  return testCase;
}

async function withKeptVersions(stored: StoredCase, testCase: Case, signal: AbortSignal): Promise<StoredCase> {
  const known = new Set(stored.all.map(({ kernel }) => kernel.id));
  const { result } = stored.subject;
  const kept = ofSameMachine(await keptVersions(testCase, result.kernel, known, signal), { result });
  return { ...stored, all: [...stored.all, ...markOthers(kept, result)].sort((a, b) => byAge(a.kernel, b.kernel)) };
}
