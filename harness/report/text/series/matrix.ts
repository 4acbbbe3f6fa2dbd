import { span } from '../../../series/kernels.ts';
import type { Cell, Matrix } from '../../../series/matrix.ts';
import { type Paint, verdictStyle } from '../colour.ts';
import { plain } from '../text.ts';

/** A matrix as text that ends with a line feed; too many columns for the width go below one another. */
export function printMatrix({ columns, rows, same }: Matrix, width: number, paint: Paint): string {
  const kernels = columns.flat().length;
  const lines = [
    paint('bold', `${rows.length + total(same)} cases on ${kernels} ${kernels === 1 ? 'kernel' : 'kernels'}`),
  ];
  const names = rows.map((row) => plain(row.case));
  const first = Math.max(0, ...names.map((name) => name.length));
  for (const block of blocksOf(columns, width - first)) {
    if (rows.length === 0) break;
    const heads = block.map((index) => heading(columns[index] ?? []));
    lines.push('', [' '.repeat(first), ...heads].join('  ').trimEnd());
    for (const [place, { cells }] of rows.entries()) {
      const texts = block.map((index, column) => cellText(cells[index], heads[column]?.length ?? 0, paint));
      lines.push([(names[place] ?? '').padEnd(first), ...texts].join('  ').trimEnd());
    }
  }
  if (rows.some(({ cells }) => cells.some((cell) => (cell?.variant ?? 1) > 1))) {
    lines.push('', 'PASS 2: other values are expected than on earlier kernels; npx kconform timeline CASE prints them');
  }
  if (same.size > 0) lines.push('', `${sameText(same)}; --all shows them`);
  return `${lines.join('\n')}\n`;
}

function heading(labels: readonly string[]): string {
  const name = span(labels);
  return labels.length > 2 ? `${name} (${labels.length})` : name;
}

function blocksOf(columns: Matrix['columns'], width: number): number[][] {
  const blocks: number[][] = [];
  let left = 0;
  for (const [index, column] of columns.entries()) {
    const needed = heading(column).length + 2;
    const last = blocks.at(-1);
    if (last === undefined || needed > left) {
      blocks.push([index]);
      left = width - needed;
    } else {
      last.push(index);
      left -= needed;
    }
  }
  return blocks;
}

function cellText(cell: Cell | undefined, width: number, paint: Paint): string {
  if (cell === undefined) return '-'.padEnd(width);
  const text = cell.variant === 1 ? cell.verdict : `${cell.verdict} ${cell.variant}`;
  return `${paint(verdictStyle[cell.verdict], text)}${' '.repeat(Math.max(0, width - text.length))}`;
}

function total(same: Matrix['same']): number {
  return [...same.values()].reduce((sum, count) => sum + count, 0);
}

function sameText(same: Matrix['same']): string {
  const counts = [...same].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  return `the same everywhere, as expected: ${counts}`;
}
