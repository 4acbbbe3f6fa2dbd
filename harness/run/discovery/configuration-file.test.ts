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
