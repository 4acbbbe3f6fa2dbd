import { expect, test } from 'vitest';
import { compareDebianVersions } from './debian-version.ts';

// Each agrees with `dpkg --compare-versions`.
test.each([
  ['6.12.57-1~bpo12+1', '6.12.57-1'],
  ['6.12.9-1', '6.12.57-1'],
  ['6.12.90-1', '6.12.90-2~bpo12+1'],
  ['6.12.90-2~bpo12+1', '6.12.90-2'],
  ['6.12.115-1', '6.12.115-2~deb12u1'],
  ['6.12.115-2~bpo12+1', '6.12.115-2~deb12u1'],
  ['6.1.192-1', '6.1.192-2'],
  ['6.18~rc3-1~exp1', '6.18-1'],
  ['9.0-1', '1:1.0-1'],
  ['6.12-1', '6.12+dfsg-1'],
])('%s is older than %s', (older, newer) => {
  expect(compareDebianVersions(older, newer)).toBeLessThan(0);
  expect(compareDebianVersions(newer, older)).toBeGreaterThan(0);
  expect(compareDebianVersions(older, older)).toBe(0);
});
