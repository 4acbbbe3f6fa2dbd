import { expect, test } from 'vitest';
import { type PublishedKernel, parseMadison } from './debian/catalogue.ts';
import { specOfRelease } from './flavour.ts';
import { select } from './select.ts';

const PUBLISHED: PublishedKernel[] = parseMadison(
  [
    'linux-image-6.1.0-56-cloud-amd64|6.1.192-2|mirror: bookworm-security/main',
    'linux-image-6.12.43+deb12-cloud-amd64|6.12.43-1~bpo12+1|mirror: bookworm-backports/main',
    'linux-image-6.12.90+deb12-cloud-amd64|6.12.90-1~bpo12+1|mirror: bookworm-backports/main',
    'linux-image-6.12.90+deb12.1-cloud-amd64|6.12.90-2~bpo12+1|mirror: bookworm-backports/main',
    'linux-image-6.12.90+deb13-cloud-amd64|6.12.90-1|mirror: trixie-security/main',
    'linux-image-6.12.90+deb13.1-cloud-amd64|6.12.90-2|mirror: trixie-security/main',
    'linux-image-6.12.117+deb13-amd64|6.12.117-1|mirror: trixie/main',
    'linux-image-6.12.117+deb13-cloud-amd64|6.12.117-1|mirror: trixie/main',
    'linux-image-6.12.90+deb13-rt-amd64|6.12.90-1|mirror: trixie-security/main',
    'linux-image-6.12.117+deb13-rt-amd64|6.12.117-1|mirror: trixie/main',
    'linux-image-6.12.117+deb13-rt-amd64-unsigned|6.12.117-1|mirror: trixie/main',
    'linux-binary-7.2.13+deb14-cloud-amd64|7.2.13-1|mirror: sid/main',
    'linux-binary-7.3.4+deb13-cloud-amd64|7.3.4-1~bpo13+1|mirror: trixie-backports/main',
  ].join('\n'),
).map((entry) => ({ ...entry, cached: false }));

test.each([
  ['6.12.90', ['6.12.90-2']], // the newest package of the version
  ['v6.12.90', ['6.12.90-2']],
  ['6.12.90+deb12.1', ['6.12.90-2~bpo12+1']],
  ['6.12.90+deb12-cloud-amd64', ['6.12.90-1~bpo12+1']],
  ['6.12.90-1~bpo12+1', ['6.12.90-1~bpo12+1']],
  ['6.12', ['6.12.117-1']],
  ['6.1', ['6.1.192-2']],
  ['6.1.192', ['6.1.192-2']],
  ['6.1.0-56-cloud-amd64', ['6.1.192-2']],
  ['7', ['7.3.4-1~bpo13+1']],
  ['6.12.43..6.12.117', ['6.12.43-1~bpo12+1', '6.12.90-2', '6.12.117-1']],
  ['6.12.44..7.2', ['6.12.90-2', '6.12.117-1', '7.2.13-1']],
  ['published:6.12', ['6.12.43-1~bpo12+1', '6.12.90-2', '6.12.117-1']],
])('%s means %j', (spec, packageVersions) => {
  expect(select(PUBLISHED, spec).map(({ packageVersion }) => packageVersion)).toEqual(packageVersions);
});

test.each([
  ['6.12:rt', ['6.12.117+deb13-rt-amd64']],
  ['6.12.90:rt', ['6.12.90+deb13-rt-amd64']],
  ['6.12.90:rt-amd64', ['6.12.90+deb13-rt-amd64']],
  ['6.12.117:amd64', ['6.12.117+deb13-amd64']],
  ['6.12.117:cloud', ['6.12.117+deb13-cloud-amd64']],
  ['6.12.117-1:rt', ['6.12.117+deb13-rt-amd64']],
  ['6.12.117+deb13:amd64', ['6.12.117+deb13-amd64']],
  ['6.12.117+deb13-amd64', ['6.12.117+deb13-amd64']],
  ['6.12.117+deb13-rt-amd64', ['6.12.117+deb13-rt-amd64']],
  ['published:6.12:rt', ['6.12.90+deb13-rt-amd64', '6.12.117+deb13-rt-amd64']],
  ['6.12.43..6.12.117:amd64', ['6.12.117+deb13-amd64']],
])('%s, with a flavour, means %j', (spec, versions) => {
  expect(select(PUBLISHED, spec).map(({ version }) => version)).toEqual(versions);
});

test('the spec of each release means that kernel and no other', () => {
  for (const kernel of PUBLISHED) expect(select(PUBLISHED, specOfRelease(kernel.version))).toEqual([kernel]);
});

test.each(['6.12:arm64', '6.12:', 'published:6.12:cloud-rt'])('%s names no flavour', (spec) => {
  expect(() => select(PUBLISHED, spec)).toThrow(/no flavour of kernels is/);
});

test.each([
  ['6.12.50', 'no published kernel is "6.12.50"; the nearest are 6.12.43, 6.12.90, 6.12.117'],
  ['5.10', 'no published kernel is "5.10"; the nearest are 6.1.192, 6.12.43'],
  ['published:6.13', 'no published kernel is "published:6.13"; the nearest are 6.12.90, 6.12.117, 7.2.13, 7.3.4'],
  ['6.12.91..6.12.99', 'no published kernel is "6.12.91..6.12.99"; the nearest are 6.12.43, 6.12.90, 6.12.117'],
  ['6.12.43:rt', 'no published kernel is "6.12.43:rt"; the nearest are 6.12.90, 6.12.117'],
  ['six', 'no published kernel is "six"; the nearest are 6.12.117, 7.2.13, 7.3.4'],
])('%s matches nothing, and what is near is named', (spec, message) => {
  expect(() => select(PUBLISHED, spec)).toThrow(expect.objectContaining({ code: 'KC_NO_SUCH_KERNEL' }));
  expect(() => select(PUBLISHED, spec)).toThrow(message);
});
