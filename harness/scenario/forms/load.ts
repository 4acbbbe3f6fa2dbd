import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { KconformError } from '../../errors.ts';
import type { Scenario } from '../scenario.ts';
import { importAuthorFile } from './author-files.ts';
import { cScenario } from './c.ts';
import { shellScenario } from './shell.ts';

/** By the ending of a file's name, what makes a scenario of it. */
const FORMS: Readonly<Record<string, (file: string) => Promise<Scenario>>> = {
  '.ts': typescriptScenario,
  '.sh': shellScenario,
  '.c': cScenario,
};

/**
 * The scenario in a file: TypeScript, shell or C by the ending of its name. The file need not stand in a case's folder.
 * @throws KC_CASE_BROKEN (case) when it is none
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const make = FORMS[extname(file)];
  if (make === undefined) throw broken(`${file} is no scenario: they are ${Object.keys(FORMS).join(', ')} files`);
  if (!(await isFile(file))) throw broken(`there is no file ${file}`);
  return make(file);
}

/** The scenario of a case's folder, which has just one of scenario.ts, scenario.sh and scenario.c. @throws KC_CASE_BROKEN (case) */
export async function loadScenarioOf(folder: string): Promise<Scenario> {
  const names = Object.keys(FORMS).map((ending) => `scenario${ending}`);
  const there: string[] = [];
  for (const name of names) if (await isFile(join(folder, name))) there.push(name);
  const [name] = there;
  if (name === undefined) throw broken(`there is no scenario in ${folder}: neither ${names.join(' nor ')}`);
  if (there.length > 1) throw broken(`there is more than one scenario in ${folder}: ${there.join(' and ')}`);
  return loadScenario(join(folder, name));
}

/** @throws KC_CASE_BROKEN (case) when its default export is not made by that function of kconform */
export async function defaultExport(file: string, kind: 'scenario' | 'expectation'): Promise<object> {
  const module = await importAuthorFile(file);
  const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind) return value;
  throw broken(`${file} has no default export made by ${kind}(…)`);
}

async function typescriptScenario(file: string): Promise<Scenario> {
  const value = await defaultExport(file, 'scenario');
  if (isScenario(value)) return value;
  throw broken(`${file} has a default export that looks like a scenario and cannot be run`);
}

function isScenario(value: object): value is Scenario {
  return 'run' in value && typeof value.run === 'function';
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

function broken(message: string): KconformError {
  return new KconformError(message, { code: 'KC_CASE_BROKEN', blame: 'case' });
}
