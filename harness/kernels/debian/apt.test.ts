import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hostTargets, sourcesFrom } from './apt.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

test("the host's own mirrors are asked, for all suites, and signatures are checked", () => {
  const host = [
    'mirror:/debian|bookworm|$(SIGNED_BY)',
    'mirror:/debian|bookworm-updates|$(SIGNED_BY)',
    'mirror:/security|bookworm-security|$(SIGNED_BY)',
  ];
  const list = sourcesFrom(host.join('\n'), (path) => path === KEYRING);
  expect(list).toContain(`deb [arch=amd64 signed-by=${KEYRING}] mirror:/debian trixie-backports main\n`);
  expect(list).toContain(`deb [arch=amd64 signed-by=${KEYRING}] mirror:/security trixie-security main\n`);
  expect(list).not.toContain('$(');
});

test('a trixie host without a security archive still has the main one', () => {
  const list = sourcesFrom('mirror:/debian|trixie|/keys/mirror.gpg\n', () => true);
  expect(list).toContain(`deb [arch=amd64 signed-by=${KEYRING},/keys/mirror.gpg] mirror:/debian bookworm main\n`);
  expect(list).not.toContain('-security');
});

test('without a keyring of that name apt checks against those it trusts', () => {
  expect(sourcesFrom('mirror:/debian|sid|\n', () => false)).toContain('deb [arch=amd64] mirror:/debian trixie main\n');
});

test('a host with other archives alone offers none', () => {
  expect(sourcesFrom('mirror:/ubuntu|noble|\nmirror:/node|nodistro|\n', () => true)).toBeUndefined();
});

test('suites that the host is configured for and never fetched count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-apt-'));
  try {
    const list =
      'deb http://mirror.invalid/debian bookworm main\ndeb http://mirror.invalid/security bookworm-security main\n';
    await writeFile(join(folder, 'sources.list'), list);
    const lines = ['Dir::State::Lists "lists";', 'Dir::Etc::sourcelist "sources.list";', 'Dir::Etc::sourceparts "-";'];
    await writeFile(join(folder, 'apt.conf'), lines.join('\n').replaceAll(/"([a-z.]+)"/g, `"${folder}/$1"`));
    vi.stubEnv('APT_CONFIG', join(folder, 'apt.conf'));
    expect(await hostTargets()).toMatch(/\/security\|bookworm-security\|/);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});
