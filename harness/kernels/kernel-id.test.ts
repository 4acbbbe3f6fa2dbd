import { expect, test } from 'vitest';
import { KERNEL_ID, kernelId } from './kernel-id.ts';

const RELEASE = '6.12.118+deb13-cloud-amd64';
const one = 'a'.repeat(64);
const other = `${'b'.repeat(12)}${'a'.repeat(52)}`;

test('the id of a package is that of its file', () => {
  const published = { version: RELEASE, package: `linux-image-${RELEASE}=6.12.118-1`, sha256: one };
  expect(kernelId(published)).toBe(`${RELEASE}_6.12.118-1`);
  expect(kernelId({ ...published, package: 'linux-binary-7.2=1:7.2-1' })).toBe('linux-binary-7.2_1%3a7.2-1');
});

test('kernels of one release have ids of their own: another package, another version of it, another image', () => {
  const ids = [
    { package: `linux-image-${RELEASE}=6.12.118-1`, sha256: one },
    { package: `linux-image-${RELEASE}=6.12.118-2`, sha256: one },
    { package: `linux-image-${RELEASE}-unsigned=6.12.118-1`, sha256: one },
    { package: `linux-binary-${RELEASE}=6.12.118-1`, sha256: one },
    { package: null, sha256: one },
    { package: null, sha256: other },
  ].map((kernel) => kernelId({ version: RELEASE, ...kernel }));
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(['../../etc', '6.12/x', '6.12 \n', '..', '6.12@x', '-rf', `6.${'1'.repeat(500)}`])(
  'the release %j gives the name of one folder',
  (version) => {
    const id = kernelId({ version, package: null, sha256: one });
    expect(id).toMatch(KERNEL_ID);
    expect(id).toMatch(/^[^@]{1,65}@a{12}$/);
  },
);
