import { expect, test } from 'vitest';
import { rangeBetween } from './range-between.ts';

const kernel = (version: string) => ({
  id: version,
  spec: version,
  version,
  package: `linux-image-${version}=${version.split('+')[0]}-1`,
});

test('the kernels between two are of their flavour', () => {
  const rt = rangeBetween(kernel('6.12.57+deb12-rt-amd64'), kernel('6.12.118+deb13-rt-amd64'));
  expect(rt).toBe('6.12.57..6.12.118:rt');
  const cloud = rangeBetween(kernel('6.12.57+deb12-cloud-amd64'), kernel('6.12.118+deb13-cloud-amd64'));
  expect(cloud).toBe('6.12.57..6.12.118');
  expect(rangeBetween(kernel('6.12.57+deb12-cloud-amd64'), kernel('6.12.118+deb13-rt-amd64'))).toBeUndefined();
});
