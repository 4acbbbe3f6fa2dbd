import { expect, test } from 'vitest';
import { SourceDeclaration } from './declaration.ts';

const URIS = { uris: 'http://localhost/ubuntu', suites: ['noble', 'noble-updates'], components: 'main' };

test('fields and the text of a deb822 source mean the same', () => {
  const text = `# Ubuntu\nTypes: deb\nURIs: http://localhost/ubuntu\nSuites: noble\n noble-updates\nComponents: main\nSigned-By: /keys/ubuntu.gpg\n`;
  const ofText = SourceDeclaration.parse({ name: 'ubuntu', deb822: text });
  const ofFields = SourceDeclaration.parse({ name: 'ubuntu', ...URIS, signedBy: '/keys/ubuntu.gpg' });
  const fields = ['URIs', 'Suites', 'Components', 'Signed-By'];
  const values = (source: typeof ofText) => fields.map((field) => source.fields.get(field));
  expect(values(ofText)).toEqual(values(ofFields));
});

test.each([
  [{ name: 'Ubuntu', ...URIS }, 'it must be lower-case letters'],
  [{ name: 'debian', ...URIS }, 'the name is taken'],
  [{ name: 'a', suites: 'noble', components: 'main' }, 'source a: URIs are missing'],
  [{ name: 'a', uris: 'http://localhost', components: 'main' }, 'source a: Suites are missing'],
  [{ name: 'a', uris: 'http://localhost', suites: 'noble' }, 'source a: Components are missing'],
  [{ name: 'a', ...URIS, uris: 'localhost' }, '"localhost" is not a URI'],
  [{ name: 'a', ...URIS, uris: 'http://localhost\nTrusted: yes' }, 'it must be words on one line'],
  [{ name: 'a', ...URIS, types: 'deb-src' }, 'expected "deb"'],
  [{ name: 'a', ...URIS, trusted: true }, 'Unrecognized key: "trusted"'],
  [{ name: 'a', ...URIS, deb822: 'Types: deb' }, 'deb822 and fields exclude each other'],
  [{ name: 'a', deb822: 'deb [trusted=yes] http://localhost noble main' }, 'it is a line of the old form'],
  [
    { name: 'a', deb822: 'URIs: http://localhost\nSuites: noble\nComponents: main\nTrusted: yes' },
    'Trusted: yes is refused: apt must verify signatures',
  ],
  [
    { name: 'a', deb822: 'URIs: http://localhost\nSuites: noble\nComponents: main\nAllow-Insecure: yes' },
    'unknown field Allow-Insecure',
  ],
  [{ name: 'a', deb822: 'Types: deb-src\nURIs: http://localhost\nSuites: ./' }, 'Types is "deb-src", not deb'],
  [{ name: 'a', deb822: 'URIs: http://localhost\nSuites: ./\nEnabled: no' }, 'it is not enabled'],
  [
    { name: 'a', deb822: 'URIs: http://localhost\nSuites: ./\n\nURIs: http://other\nSuites: ./' },
    'more than one source',
  ],
])('%j is refused: %s', (given, message) => {
  const parsed = SourceDeclaration.safeParse(given);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues.map((issue) => issue.message).join('; ')).toContain(message);
});
