import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPUTED, type Compiled } from '../../authors/compile.ts';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import { hashInputs, type ScenarioInputs } from '../../scenario/forms/inputs.ts';

/** Modules of node from which a scenario learns nothing of the host. Waiting and measuring a duration are not reading a clock. */
const PURE: readonly string[] = [
  ...['assert', 'assert/strict', 'buffer', 'events', 'path', 'path/posix', 'perf_hooks', 'querystring', 'stream'],
  ...['stream/promises', 'string_decoder', 'timers', 'timers/promises', 'url', 'util', 'util/types', 'zlib'],
].map((name) => `node:${name}`);

/** {@link ScenarioInputs} of a scenario as it is now. */
export async function scenarioInputs(scenario: LoadedScenario): Promise<ScenarioInputs> {
  if (scenario.kind === 'typescript') return typescriptInputs(scenario.compiled);
  return (await scenario.inputs?.()) ?? { varies: 'kconform does not know what it consists of' };
}

async function typescriptInputs({ source, inputs, outside, usesPlace }: Compiled): Promise<ScenarioInputs> {
  const data: [string, string][] = [];
  for (const one of outside) {
    if (PURE.includes(one)) continue;
    if (!/^file:.*\.json$/.test(one)) return { varies: whyOutside(one) };
    data.push([one, await readFile(fileURLToPath(one), 'utf8').catch(() => 'missing')]);
  }
  // The same files in another folder are the same scenario, unless it asks where it is.
  const folder = dirname(source);
  const files = Object.entries(inputs).map(([path, hash]) => [relative(folder, path), hash]);
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const place = usesPlace ? source : '';
  // path.resolve() begins at the current folder.
  const cwd = outside.some((one) => one.startsWith('node:path')) ? process.cwd() : '';
  return hashInputs([files.sort(), data, outside, place, cwd, process.version, timeZone, locale]);
}

function whyOutside(one: string): string {
  if (one === COMPUTED) return 'it imports a file whose name it computes';
  return one.startsWith('node:')
    ? `it imports ${one}`
    : `it imports ${one.replace('file://', '')}, which is no TypeScript`;
}
