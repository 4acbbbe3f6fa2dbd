import { describe, expect, test } from 'vitest';
import { branchOf, compareVersions, type HasChange, hasChange, parseVersion, upstreamVersion } from './version.ts';

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

describe('what versions say of a kernel', () => {
  const backported = ['6.12.54', '6.17.4', '6.18'];
  test.each<[readonly string[], string, HasChange]>([
    // its own branch is named
    [backported, '6.12', 'lacks'],
    [backported, '6.12.53', 'lacks'],
    [backported, '6.12.54-rc1', 'lacks'],
    [backported, '6.12.54', 'has'],
    [backported, '6.12.54+deb12-cloud-amd64', 'has'],
    [backported, '6.12.90+deb12.1', 'has'],
    [backported, '6.17.3', 'lacks'],
    [backported, '6.17.13', 'has'],
    [backported, '6.18-rc3', 'lacks'], // the entry says the release
    [backported, '6.18', 'has'],
    [backported, '6.18.1', 'has'],
    [['6.18-rc2'], '6.18-rc1', 'lacks'],
    [['6.18-rc2'], '6.18-rc3', 'has'],
    // it descends from the change in mainline
    [backported, '6.19-rc1', 'has'],
    [backported, '6.19.2', 'has'],
    [backported, '7.2.1+debug', 'has'],
    [['6.18-rc2'], '6.19.1', 'has'],
    // mainline before the change
    [backported, '6.17', 'lacks'],
    [backported, '6.16', 'lacks'],
    [backported, '6.13-rc4', 'lacks'],
    [['6.12.54'], '6.11', 'lacks'],
    // neither: nobody has said
    [backported, '6.16.12', 'unknown'],
    [backported, '6.13.2', 'unknown'],
    [backported, '6.6.120', 'unknown'],
    [['6.18'], '6.17.13', 'unknown'],
    [['6.12.54'], '6.13.2', 'unknown'],
    [['6.12.54'], '6.11.3', 'unknown'],
    [['6.12.54'], '6.13', 'unknown'],
    [['6.12.54'], '7.0', 'unknown'],
    [['6.12.54'], '7.0.4', 'unknown'],
    [[], '6.18', 'unknown'],
  ])('first in %j: %s %s', (firstIn, version, expected) => {
    expect(hasChange(version, firstIn)).toBe(expected);
    expect(hasChange(version, [...firstIn].reverse())).toBe(expected);
  });
});

test('a Debian release whose name hides the stable version is known by its package', () => {
  const image = (version: string, name: string | null) => ({ version, package: name });
  const debian = image('6.1.0-56-cloud-amd64', 'linux-image-6.1.0-56-cloud-amd64=6.1.192-2');
  expect(upstreamVersion(debian)).toBe('6.1.192');
  expect(upstreamVersion(image('6.12.57+deb12-cloud-amd64', 'linux-image-x=6.12.57-1~bpo12+1'))).toBe('6.12.57');
  expect(upstreamVersion(image('7.2-rc5-cloud-amd64', 'linux-image-x=7.2~rc5-1~exp1'))).toBe('7.2-rc5');
  expect(upstreamVersion(image('6.18-rc3', null))).toBe('6.18-rc3');
});
