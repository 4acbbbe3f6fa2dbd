import { expect, test } from 'vitest';
import { anchorsOf, linkFaults, type Tree } from './links.ts';

/** The faults of docs/a.md beside a few other files. */
function faultsOf(text: string): string[] {
  const files: Record<string, string> = {
    'docs/a.md': text,
    'README.md': '# One\n\n## A `b`, c & d\n',
    'ci/setup': '',
  };
  const tree: Tree = { has: (path) => path === 'docs' || path in files, text: (path) => files[path] ?? '' };
  return linkFaults('docs/a.md', tree);
}

test.each([
  ['[up](../README.md)', []],
  ['[a heading](../README.md#a-b-c--d) and [one of its own](#here)\n\n# Here\n', []],
  ['[a folder](../docs/)', []],
  ['[elsewhere](https://docs.kernel.org/nothing#there), [mail](mailto:a@b)', []],
  ['`ci/setup`, `docs/`, `out/results.json`, `harness/*.ts` and `ci/setup full`', []],
  ['```\n[a](b.md)\n`ci/no`\n```\n\n    [a](b.md)\n    `ci/no`\n', []],
  ['`[a](b.md)`', []],
  ['[no file](../REDME.md)', ['docs/a.md: no file for the link ../REDME.md']],
  ['[no heading](../README.md#two)', ['docs/a.md: no heading for the link ../README.md#two']],
  ['[no heading of its own](#there)', ['docs/a.md: no heading for the link #there']],
  ['an ![image](no.png)', ['docs/a.md: no file for the link no.png']],
  ['[a `name`](no.md)', ['docs/a.md: no file for the link no.md']],
  ['`ci/set-up` is gone', ['docs/a.md: no file for the path ci/set-up']],
])('%j', (text, faults) => {
  expect(faultsOf(`${text}\n`)).toEqual(faults);
});

test('headings are named as on GitHub', () => {
  const text =
    '# A case, proven\n\n## results.json\n\n## [Link](x.md)\n\n## Same\n\n## Same\n\n```\n# no heading\n```\n';
  expect([...anchorsOf(text)]).toEqual(['a-case-proven', 'resultsjson', 'link', 'same', 'same-1']);
});
