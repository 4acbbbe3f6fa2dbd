import { commitsOf, heldObservations, type ReadCase } from '../../../expect/coverage.ts';
import { count } from './cases.ts';

/** The cases as a table in Markdown, for README files. */
export function casesTable(cases: readonly ReadCase[]): string[] {
  const rows = cases.map(({ name, expectation }) => {
    const held = heldObservations(expectation);
    const cells = [`[${name}](${name})`, expectation.about, commitsOf(expectation).join(' '), String(held.length)];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const total = cases.reduce((sum, { expectation }) => sum + heldObservations(expectation).length, 0);
  return [
    '| case | tests | commits | observations |',
    '|---|---|---|---|',
    ...rows,
    '',
    `${count(cases.length, 'case')}, ${count(total, 'observation')}.`,
  ];
}
