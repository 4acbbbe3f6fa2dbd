/**
 * Keeps the table of cases in cases/README.md true: `--write` writes it between its markers; without, a table that is not what
 * the cases say fails. Run by `npm run check`, and by `npm run format`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KconformError } from '../harness/errors/error.ts';
import { casesTable } from '../harness/report/text/cases/cases-table.ts';
import { findCases } from '../harness/run/discovery/cases.ts';

const CASES = fileURLToPath(new URL('../cases', import.meta.url));
const FILE = `${CASES}/README.md`;
const BEGIN = '<!-- cases: written by "npm run format" -->';
const END = '<!-- end of cases -->';

const cases = await findCases(CASES, []);
const read = cases.flatMap(({ name, loaded }) => {
  if (loaded instanceof KconformError) throw loaded;
  return [{ name, expectation: loaded.expectation }];
});
const before = readFileSync(FILE, 'utf8');
const [head, rest] = before.split(BEGIN);
const tail = rest?.split(END)[1];
if (head === undefined || tail === undefined) throw new Error(`${FILE} has lost the markers of its table of cases`);
const after = `${head}${BEGIN}\n\n${casesTable(read).join('\n')}\n\n${END}${tail}`;
if (process.argv.includes('--write')) {
  if (after !== before) writeFileSync(FILE, after);
} else if (after !== before) {
  console.error('cases/README.md: the table of cases is not what the cases say; "npm run format" writes it anew');
  process.exitCode = 1;
}
