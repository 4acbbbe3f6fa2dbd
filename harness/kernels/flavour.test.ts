import { expect, test } from 'vitest';
import { suffixOf } from './flavour.ts';

test.each([
  ['6.8.0-31-generic', 'generic'],
  ['6.14.0-1005-nvidia-64k', 'nvidia-64k'],
  ['6.8.0-060800rc1-generic', 'generic'],
  ['6.1.0-56-cloud-amd64', 'cloud-amd64'],
  ['6.12.57+deb12-rt-amd64', 'rt-amd64'],
  ['6.12.90+deb12.1-amd64', 'amd64'],
  ['6.12.30-acme', 'acme'],
  ['6.12.30-acme-2', 'acme-2'],
  ['6.12.0-rc1-acme', 'acme'],
  ['6.12.0-rc1', ''],
  ['6.12.30', ''],
])('the flavour of %s is "%s"', (release, flavour) => {
  expect(suffixOf(release)).toBe(flavour);
});
