import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { findCases } from './cases.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kc-find-'));
  for (const name of ['pins/mine', 'pins/other', 'mount/owner']) {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, 'scenario.sh'), 'true\n');
    await writeFile(join(root, name, 'expect.ts'), 'export default 1;\n');
  }
  await mkdir(join(root, 'pins/new'));
  await writeFile(join(root, 'pins/new/scenario.sh'), 'true\n');
  await mkdir(join(root, 'empty'));
  await writeFile(join(root, 'report.c'), 'int main(void) { return 0; }\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  ['pins/mime', 'there is no case "pins/mime"', 'did you mean pins/mine?'],
  ['ownr', 'there is no case "ownr"', 'did you mean mount/owner?'],
  ['mont', 'there is no case "mont"', 'did you mean mount?'],
  ['something-else', 'there is no case "something-else"', 'npx kconform cases lists all cases'],
  ['kselftest', 'there is no case "kselftest"', './cases has it: --cases cases'], // of the current folder
  ['./nowhere', 'no such folder ./nowhere', undefined],
  ['../nowhere/', 'no such folder ../nowhere/', undefined],
  ['/no/where', 'no such folder /no/where', undefined],
])('%s: %s', async (wanted, message, hint) => {
  await expect(findCases(root, [wanted])).rejects.toMatchObject({ code: 'KC_NO_SUCH_CASE', message, hint });
});

test('a file is no case: repro runs it', async () => {
  const file = join(root, 'report.c');
  await expect(findCases(root, [file])).rejects.toMatchObject({
    message: `${file} is a file; a case is a folder`,
    hint: `to run the file: npx kconform repro ${file}`,
  });
});

test('a folder without a case', async () => {
  const folder = join(root, 'empty');
  await expect(findCases(root, [folder])).rejects.toMatchObject({
    code: 'KC_NO_CASES',
    message: `${folder} contains no case`,
  });
});

test.each(['pins/new', 'pins', ''])('a scenario without expect.ts is a broken case (%s)', async (wanted) => {
  const cases = await findCases(root, wanted === '' ? [] : [wanted]);
  const { loaded } = cases.find(({ name }) => name === 'pins/new') ?? {};
  expect(loaded).toBeInstanceOf(KconformError);
  const scenario = join(root, 'pins/new/scenario.sh');
  expect(loaded).toMatchObject({
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    message: `${join(root, 'pins/new')} has a scenario but no expect.ts`,
    hint: `to run it: npx kconform repro ${scenario}; to make it a case: npx kconform new NAME --from ${scenario}`,
  });
});
