import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findConfiguration } from './configuration-file.ts';

test.each([
  [
    'ends the process',
    'process.exit(0);',
    /cannot be loaded: process\.exit\(0\) was called \(.*kconform\.config\.ts:1:9\)$/,
  ],
  ['loops', 'for (;;);', /cannot be loaded: no end of the loading of .*kconform\.config\.ts within 10 s$/],
])('a configuration that %s is told with its file', async (_, text, message) => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-configuration-'));
  await writeFile(join(folder, 'kconform.config.ts'), `${text}\nexport default {};\n`);
  const finding = findConfiguration(folder);
  await expect(finding).rejects.toMatchObject({
    code: 'KC_CONFIGURATION',
    blame: 'host',
    message: expect.stringMatching(message),
  });
  await rm(folder, { recursive: true });
});

test('sources of kernels: the path of a key is from the folder of the file', async () => {
  const source = "{ name: 'acme', uris: 'http://localhost/', suites: './', signedBy: 'keys/acme.gpg' }";
  const found = await configured(
    `export default { kernels: { default: ['6.12', 'acme:6.8'], sources: [${source}] } };`,
  );
  expect(found.kernels).toEqual(['6.12', 'acme:6.8']);
  expect(found.sources?.[0]?.fields.get('Signed-By')).toMatch(/^\/.*\/keys\/acme\.gpg$/);
  expect(await configured("export default { kernels: ['6.12'] };")).toEqual({ kernels: ['6.12'] });
});

test.each([
  ["{ default: '6.12' }", /kernels: default: Invalid input/],
  ["{ sources: [{ name: 'a', uris: 'x', suites: './' }] }", /kernels: sources: 0: source a: "x" is not a URI$/],
  [
    "{ sources: [1, 2].map(() => ({ name: 'a', uris: 'http://x', suites: './' })) }",
    /kernels: sources: two sources are called a$/,
  ],
])('kernels of %s are refused', async (kernels, message) => {
  await expect(configured(`export default { kernels: ${kernels} };`)).rejects.toMatchObject({
    code: 'KC_CONFIGURATION',
    message: expect.stringMatching(message),
  });
});

async function configured(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-configuration-'));
  try {
    await writeFile(join(folder, 'kconform.config.ts'), text);
    return await findConfiguration(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
