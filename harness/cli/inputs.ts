import { fileURLToPath } from 'node:url';
import { BOOT, type BootDeclarations } from '../expect/judge/boot.ts';
import { bootInputs } from '../run/case/boot.ts';
import { inputsOf } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The hashes by which a resumed run knows what it must judge again, and a comparison which cases were edited. */
export async function inputsFor(cases: readonly Case[], boot: BootDeclarations): Promise<Record<string, string>> {
  return { [BOOT]: bootInputs(boot), ...(await inputsOf(cases, ROOT)) };
}
