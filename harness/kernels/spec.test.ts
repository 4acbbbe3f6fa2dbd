import { describe, expect, test } from 'vitest';
import { parseSpec } from './spec.ts';

const PROFILES = ['debug', 'kasan', 'nobtf', 'plain'];
const parse = (text: string) => parseSpec(text, PROFILES);

test('a build is known by the name of its profile', () => {
  expect(parse('6.12.90+debug')).toMatchObject({ kind: 'built', profile: 'debug' });
  expect(parse('6.12.90+deb12.1')).toMatchObject({ kind: 'one', name: '6.12.90+deb12.1' });
  expect(parse('6.12.90+deb13-cloud-amd64')).toMatchObject({ kind: 'one' });
});

test.each([
  ['6.12+kasn', 'no such profile "kasn"', 'did you mean kasan? The profiles are debug, kasan, nobtf, plain'],
  ['linux+dbug', 'no such profile "dbug"', 'did you mean debug? The profiles are debug, kasan, nobtf, plain'],
  ['6.12.90+x', 'no such profile "x"', 'the profiles are debug, kasan, nobtf, plain'],
])('%s: %s', (text, message, hint) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'KC_NO_SUCH_PROFILE', message, hint }));
});

describe('ranges', () => {
  test.each(['6.12.43..6.12.118', '6.12.43..6.12.43', '6.12..6.18', '6.12.43..6.12', '6.12.43..6.12:rt'])(
    '%s',
    (text) => {
      expect(parse(text)).toMatchObject({ kind: 'range' });
    },
  );

  test.each([
    ['6.12.118..6.12.43', '6.12.118..6.12.43 is reversed: 6.12.118 is newer than 6.12.43', '6.12.43..6.12.118'],
    ['6.18..6.12.43', '6.18..6.12.43 is reversed: 6.18 is newer than 6.12.43', '6.12.43..6.18'],
    [
      '6.12.118..6.12.43:rt',
      '6.12.118..6.12.43:rt is reversed: 6.12.118 is newer than 6.12.43',
      '6.12.43..6.12.118:rt',
    ],
  ])('%s', (text, message, right) => {
    const hint = `write ${right}`;
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'KC_NO_SUCH_KERNEL', message, hint }));
  });

  test.each(['6.12.43..', '..6.12.43', '6.12.43..six', '6.12.43...6.12.57'])(
    '%s has an end that is no version',
    (text) => {
      expect(() => parse(text)).toThrow(`${text} is not a range of versions`);
    },
  );
});
