import { expect, test } from 'vitest';
import { behaviours } from '../../../expect/behaviours.ts';
import { coverageOf, type ReadCase } from '../../../expect/coverage.ts';
import { expectation } from '../../../expect/expectation.ts';
import { byVersion } from '../../../expect/matchers/matchers.ts';
import { printCases } from './cases.ts';
import { casesTable } from './cases-table.ts';
import { printCoverage } from './coverage.ts';

const cases: readonly ReadCase[] = [
  {
    name: 'bpffs/options',
    expectation: expectation({
      about: 'options are shown | or not',
      commit: ['6fe01d3cbb92', '6c1752e0b6ca'],
      source: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
      versions: ['6.9'],
      needs: { config: ['DEBUG_INFO_BTF'], files: ['/sys/fs/bpf'] },
      behaviours: { 'options/any': ['any'], 'options/names': ['shown'] },
      quirks: [
        {
          title: 'a number overwrites names',
          documented: 'values add up',
          link: 'https://git.kernel.org/torvalds/c/6c1752e0b6ca',
          promised: { 'shown.mixed': 'a:b' },
        },
      ],
      outcome: { any: 'any', shown: { names: 'a:b', mixed: 'b' }, typo: null },
    }),
  },
  {
    name: 'bpffs/unpin',
    expectation: expectation({
      about: 'the inode is freed after a grace period',
      commit: '53649846e043',
      knownBugs: [
        {
          title: 'freed at once',
          fix: '53649846e043',
          introducedIn: ['6.12.54'],
          fixedIn: ['6.12.97'],
          instead: { freed: 'at once' },
        },
      ],
      outcome: { freed: byVersion({ '6.1': 'later', '7.0': 'much later' }) },
    }),
  },
];

test('cases with what they hold the kernel to', async () => {
  await expect(printCases(cases, false).join('\n')).toMatchFileSnapshot('golden/cases.txt');
});

test('cases with their observations', async () => {
  await expect(printCases(cases, true).join('\n')).toMatchFileSnapshot('golden/cases-observations.txt');
});

test('cases as a table in Markdown', async () => {
  await expect(casesTable(cases).join('\n')).toMatchFileSnapshot('golden/cases-table.md');
});

test('who looks at what, and what none looks at', async () => {
  const known = behaviours(
    'options',
    { where: 'kernel/bpf/inode.c', commits: ['6c1752e0b6ca'] },
    {
      any: 'any is shown',
      names: 'names are shown',
      case: { statement: 'either case will do', commits: ['f157f9cb85b4'], unobserved: 'nobody writes in capitals' },
    },
  );
  const text = printCoverage(coverageOf(cases, known)).join('\n');
  await expect(text).toMatchFileSnapshot('golden/coverage.txt');
});
