import { describe, expect, test } from 'vitest';
import { branchOf, compareVersions, hasFix, parseVersion, upstreamVersion } from './version.ts';

test.each([
  ['6.12.54+deb12-cloud-amd64', 6, 12, 54, Number.POSITIVE_INFINITY],
  ['6.18-rc3', 6, 18, 0, 3],
  ['6.18.0-rc3-00012-gabcdef', 6, 18, 0, 3],
  ['6.12', 6, 12, 0, Number.POSITIVE_INFINITY],
  ['v7.2.1+debug', 7, 2, 1, Number.POSITIVE_INFINITY],
  ['6.12.90+deb12.1', 6, 12, 90, Number.POSITIVE_INFINITY],
])('%s is read', (text, major, minor, patch, candidate) => {
  expect(parseVersion(text)).toEqual({ major, minor, patch, candidate });
});

test.each(['', '6', 'six', 'linux-6.12', '/boot/vmlinuz'])('"%s" is no version', (text) => {
  expect(parseVersion(text)).toBeUndefined();
});

test('versions sort by number, and candidates before their release', () => {
  const sorted = ['6.1.192', '6.12', '6.12.9', '6.12.54+deb12-cloud-amd64', '6.18-rc3', '6.18-rc10', '6.18', '7.0'];
  expect([...sorted].reverse().sort(compareVersions)).toEqual(sorted);
});

test('what follows the numbers does not count', () => {
  expect(compareVersions('6.12.90+deb12.1', '6.12.90')).toBe(0);
  expect(branchOf('6.12.90+deb12.1-cloud-amd64')).toBe('6.12');
});

describe('a fix in 6.12.54, 6.17.4 and 6.18', () => {
  const fixedIn = ['6.12.54', '6.17.4', '6.18'];
  test.each([
    ['6.12.53', false],
    ['6.12.54', true],
    ['6.12.54+deb12-cloud-amd64', true],
    ['6.12.90+deb12.1', true],
    ['6.12', false],
    ['6.17.3', false],
    ['6.17.13', true],
    ['6.16.12', false], // a branch between that got no backport
    ['6.6.120', false],
    ['6.18-rc3', false], // the entry says the release
    ['6.18', true],
    ['6.18.1', true],
    ['6.19-rc1', true],
    ['7.2.1+debug', true],
  ])('is in %s: %s', (version, expected) => {
    expect(hasFix(version, fixedIn)).toBe(expected);
    expect(hasFix(version, [...fixedIn].reverse())).toBe(expected);
  });
});

test('a fix of mainline alone reaches no older branch', () => {
  expect(hasFix('6.17.13', ['6.18'])).toBe(false);
  expect(hasFix('6.18-rc3', ['6.18-rc2'])).toBe(true);
  expect(hasFix('6.18-rc1', ['6.18-rc2'])).toBe(false);
  expect(hasFix('6.18', [])).toBe(false);
});

test('a Debian release whose name hides the stable version is known by its package', () => {
  const image = (version: string, name: string | null) => ({ version, package: name });
  const debian = image('6.1.0-56-cloud-amd64', 'linux-image-6.1.0-56-cloud-amd64=6.1.192-2');
  expect(upstreamVersion(debian)).toBe('6.1.192');
  expect(upstreamVersion(image('6.12.57+deb12-cloud-amd64', 'linux-image-x=6.12.57-1~bpo12+1'))).toBe('6.12.57');
  expect(upstreamVersion(image('7.2-rc5-cloud-amd64', 'linux-image-x=7.2~rc5-1~exp1'))).toBe('7.2-rc5');
  expect(upstreamVersion(image('6.18-rc3', null))).toBe('6.18-rc3');
});
