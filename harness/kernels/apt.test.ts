import { expect, test } from 'vitest';
import { sourcesFrom } from './apt.ts';

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
