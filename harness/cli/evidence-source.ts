import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceOfCase } from '../evidence/case-source.ts';
import { type KeptSource, keptSource, PLAIN_SOURCE } from '../evidence/kept-source.ts';
import type { StoredCase } from '../evidence/stored-case.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import { editBetween } from '../run/discovery/case-inputs.ts';
import { chosenCases } from './chosen-cases.ts';
import { findDefaults } from './defaults.ts';
import { inputsFor } from './inputs.ts';

/** The name of the evidence of a case where none is given. */
export function evidenceName(name: string): string {
  return `evidence-${name.replaceAll(/[^\w.+-]+/g, '-').replace(/^[-.]+/, '')}`;
}

/** What reproduces it: what the run kept, or the case as it is now. */
export async function sourceFor(
  out: string,
  { name, run }: StoredCase,
  { cases, signal }: { readonly cases?: string | undefined; readonly signal: AbortSignal },
): Promise<{ readonly source: KeptSource; readonly notes: readonly string[] }> {
  const folder = existsSync(out) && statSync(out).isDirectory() ? out : dirname(out);
  const kept = await keptSource(folder, name);
  if (kept !== undefined) return { source: kept, notes: [] };
  const root = cases ?? (await findDefaults()).cases;
  const missing = { ...PLAIN_SOURCE, form: 'other', about: 'not at hand', files: new Map() } as const;
  if (!existsSync(join(root, name, 'expect.ts')))
    return { source: missing, notes: [`The case ${name} is not in ${root}, so that its files are missing here.`] };
  const [testCase] = await chosenCases([name], { cases: root, signal });
  if (testCase === undefined) return { source: missing, notes: [] };
  const before = run.planned?.inputs?.[name];
  const now = (await inputsFor([testCase], {}, DEFAULT_MACHINE))[name];
  const edited = editBetween(name, before, now) === 'own';
  const notes = edited ? ['The case was edited after the run. The reproducer here is what it is now.'] : [];
  return { source: await sourceOfCase(testCase.folder), notes };
}
