import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../authors/prepared.ts';
import { type LoadedScenario, loadScenario, loadScenarioOf } from '../../authors/scenarios.ts';
import { scenarioFolder } from './forms.test-support.ts';

const folder = scenarioFolder();

/** Makes it ready and ends it. */
async function prepareOnly(scenario: LoadedScenario): Promise<void> {
  await using _prepared = await prepare(scenario);
}

describe('a case has just one scenario', () => {
  test('none, and more than one', async () => {
    await folder.write('none/expect.ts', '');
    await expect(loadScenarioOf(join(folder.path, 'none'))).rejects.toThrow(
      'neither scenario.ts nor scenario.sh nor scenario.c',
    );
    await folder.write('two/scenario.sh', '');
    await folder.write('two/scenario.c', '');
    const two = loadScenarioOf(join(folder.path, 'two'));
    await expect(two).rejects.toMatchObject({ code: 'KC_CASE_BROKEN', blame: 'case' });
    await expect(two).rejects.toThrow('scenario.sh and scenario.c');
  });

  test.each([
    ['a file of another kind', 'scenario.py', '', 'is not a scenario: they are .ts, .sh, .c files'],
    ['a default export of something else', 'other.ts', 'export default 5;', 'no default export made by scenario(…)'],
    ['an object that looks like one', 'like.ts', "export default { kind: 'scenario' };", 'cannot be run'],
  ])('%s', async (_, name, text, message) => {
    const loading = loadScenario(await folder.write(name, text)).then(prepareOnly);
    await expect(loading).rejects.toMatchObject({ code: 'KC_CASE_BROKEN', blame: 'case' });
    await expect(loading).rejects.toThrow(message);
  });
});
