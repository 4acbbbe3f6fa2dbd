import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'zx';
import { machineKey } from '../../machine/machine.ts';
import { headersName } from '../../scenario/forms/c.ts';
import type { Case } from './cases.ts';

/** The suite's own part in what a case observes: a change there makes all that is kept worthless. */
const SUITE = [
  'harness/{authors,scenario,expect,machine,oracles,run}/**/*',
  'harness/guest/initramfs/*',
  'images/guest/**/*.{c,h}',
];

/** No part of what all cases of a folder share: files of one case, and mutants, which are kernels to run cases on. */
const NOT_SHARED = ['**/scenario.*', '**/expect.ts', 'mutants/**'];

/** Tells by a hash whether what was seen of a case would be seen again. */
export type CaseInputs = (testCase: Pick<Case, 'name' | 'folder' | 'machine'>) => Promise<string>;

/**
 * Whatever in its folder of cases is no other case's scenario or expectation may be a part of it.
 * @param root the project's root
 */
export async function caseInputs(root: string): Promise<CaseInputs> {
  const suite = await hashFiles(root, SUITE);
  const shared = new Map<string, Promise<string>>();
  const known = new Map<string, string>();
  return async ({ name, folder, machine }) => {
    const key = `${folder} ${machineKey(machine)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const cases = folder.slice(0, -name.length);
    const common = shared.get(cases) ?? hashFiles(cases, ['**/*.{ts,sh,c,h}'], NOT_SHARED);
    shared.set(cases, common);
    const headers = existsSync(join(folder, 'scenario.c')) ? [await headersName()] : [];
    const own = sha256(
      JSON.stringify([suite, await common, await hashFiles(folder, ['**/*']), ...headers, machineKey(machine)]),
    );
    known.set(key, own);
    return own;
  };
}

/** The hashes of all of them, by name. */
export async function inputsOf(cases: readonly Case[], root: string): Promise<Record<string, string>> {
  const inputs = await caseInputs(root);
  const entries: [string, string][] = [];
  for (const one of cases) entries.push([one.name, await inputs(one)]);
  return Object.fromEntries(entries);
}

async function hashFiles(folder: string, patterns: readonly string[], but: readonly string[] = []): Promise<string> {
  const files = (
    await glob([...patterns], { cwd: folder, ignore: ['**/*.test.ts', '**/node_modules/**', ...but] })
  ).sort();
  const parts = await Promise.all(files.map(async (file) => [file, sha256(await readFile(join(folder, file)))]));
  return sha256(JSON.stringify(parts));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
