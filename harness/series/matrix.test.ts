import { expect, test } from 'vitest';
import { painter } from '../report/text/colour.ts';
import { printMatrix } from '../report/text/series/matrix.ts';
import { judged, observed } from './judged.test-support.ts';
import { matrixOf } from './matrix.ts';

const NUMBERS = ['6.12.43', '6.12.57', '6.12.69', '6.12.100', '6.12.101'];
const results = NUMBERS.flatMap((number, index) => [
  judged(number, 'bpffs/steady', 'PASS'),
  judged(number, 'bpffs/always-declared', 'XFAIL'),
  judged(number, 'bpffs/mended', index === 0 ? 'XFAIL' : 'PASS'),
  judged(number, 'token/broken-everywhere', 'FAIL'),
  judged(number, 'token/promised', 'PASS', { observations: [observed('n', 'PASS', index < 3 ? '1' : '2')] }),
]);

test('what is the same everywhere and as expected is counted, what fails everywhere is shown', () => {
  const { rows, columns, same } = matrixOf(results, false);
  expect(rows.map((row) => row.case)).toEqual(['bpffs/mended', 'token/broken-everywhere', 'token/promised']);
  expect(columns).toEqual([['6.12.43'], ['6.12.57', '6.12.69'], ['6.12.100', '6.12.101']]);
  expect([...same]).toEqual([
    ['XFAIL', 1],
    ['PASS', 1],
  ]);
  expect(matrixOf(results, true).rows).toHaveLength(5);
});

test('a case that was not judged on a kernel differs there', () => {
  const { rows } = matrixOf(
    [judged('6.12.43', 'a', 'PASS'), judged('6.12.57', 'a', 'PASS'), judged('6.12.57', 'b', 'PASS')],
    false,
  );
  expect(rows).toEqual([{ case: 'b', cells: [undefined, { verdict: 'PASS', variant: 1 }] }]);
});

test('an ERROR, which observed nothing, has no variant of its own', () => {
  const own = [
    judged('6.12.43', 'a', 'ERROR'),
    judged('6.12.57', 'a', 'PASS', { observations: [observed('n', 'PASS', '1')] }),
  ];
  expect(matrixOf(own, false).rows[0]?.cells.map((cell) => cell?.variant)).toEqual([1, 1]);
});

test('kernels that lack different fixes do not share a column', () => {
  const own = [
    judged('6.12.43', 'a', 'XFAIL', { fix: 'ee04cff9ed4d' }),
    judged('6.12.57', 'a', 'XFAIL', { fix: 'b93c55b4932d' }),
  ];
  expect(matrixOf(own, false).columns).toHaveLength(2);
});

test('a matrix as a person reads it, also where the terminal is narrow', () => {
  expect(printMatrix(matrixOf(results, false), 100, painter(false))).toBe(`5 cases on 5 kernels

                         6.12.43  6.12.57 .. 6.12.69  6.12.100 .. 6.12.101
bpffs/mended             XFAIL    PASS                PASS
token/broken-everywhere  FAIL     FAIL                FAIL
token/promised           PASS     PASS                PASS 2

PASS 2: other values are expected than on earlier kernels; npx kconform timeline CASE prints them

the same everywhere, as expected: 1 XFAIL, 1 PASS; --all shows them
`);
  const narrow = printMatrix(matrixOf(results, false), 60, painter(false)).split('\n');
  expect(narrow.filter((line) => line.startsWith('bpffs/mended'))).toHaveLength(2);
  expect(Math.max(...narrow.slice(0, 10).map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('where nothing differs there is no table', () => {
  expect(printMatrix(matrixOf([judged('6.12.43', 'a', 'PASS')], false), 80, painter(false))).toBe(
    '1 cases on 1 kernel\n\nthe same everywhere, as expected: 1 PASS; --all shows them\n',
  );
});
