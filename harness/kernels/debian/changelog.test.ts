import { expect, test } from 'vitest';
import { changesBetween, parseChangelog } from './changelog.ts';

const TEXT = `linux (6.12.60-1) trixie-security; urgency=high

  * New upstream stable update:
    https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.12.59
    - bpf: first line
      second line (CVE-2026-1)
    - [amd64] perf: something
    https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.12.60
    - mm: last

  [ A Maintainer ]
  * Bump ABI to 2

 -- A Maintainer <a@b>  Wed, 05 Nov 2025 20:16:13 +0100

linux (6.12.57-1) trixie; urgency=medium

  * New upstream stable update:
    https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.12.57
    - fs: older
  * [rt] Refresh "a patch"

 -- A Maintainer <a@b>  Wed, 05 Nov 2025 20:16:13 +0100
`;
const kernel = (name: string) => ({ version: name, package: `linux-image-${name}=${name}` });

test('commit titles are read with the stable release that brought them, and the own changes of the distribution without', () => {
  expect(parseChangelog(TEXT)).toEqual([
    { packageVersion: '6.12.60-1', upstream: '6.12.59', title: 'bpf: first line second line (CVE-2026-1)' },
    { packageVersion: '6.12.60-1', upstream: '6.12.59', title: '[amd64] perf: something' },
    { packageVersion: '6.12.60-1', upstream: '6.12.60', title: 'mm: last' },
    { packageVersion: '6.12.60-1', title: 'Bump ABI to 2' },
    { packageVersion: '6.12.57-1', upstream: '6.12.57', title: 'fs: older' },
    { packageVersion: '6.12.57-1', title: '[rt] Refresh "a patch"' },
  ]);
});

test.each([
  [
    '6.12.57-1',
    '6.12.60-1~bpo12+1',
    ['Bump ABI to 2', 'mm: last', '[amd64] perf: something', 'bpf: first line second line (CVE-2026-1)'],
  ],
  ['6.12.43-1', '6.12.57-1~bpo12+1', ['[rt] Refresh "a patch"', 'fs: older']],
  ['6.12.60-1', '6.12.63-1', []],
])('between %s and %s', (before, after, titles) => {
  const changelog = { source: '', entries: parseChangelog(TEXT) };
  expect(changesBetween(changelog, kernel(before), kernel(after)).map(({ title }) => title)).toEqual(titles);
});
