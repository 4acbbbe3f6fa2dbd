/**
 * Keeps docs/results.schema.json the JSON Schema of results.json as kconform writes it: `--write` writes the file; without, a
 * file that is not up to date fails. Run by `npm run check`, and by `npm run format`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { ResultsSchema } from '../harness/run/results/schema.ts';

const FILE = fileURLToPath(new URL('../docs/results.schema.json', import.meta.url));

// What has a default when it is read may be missing in the file: that is zod's input.
const current: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(ResultsSchema, { io: 'input' })));
const kept: unknown = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : undefined;
const isCurrent = isDeepStrictEqual(kept, current);
if (process.argv.includes('--write')) {
  if (!isCurrent) writeFileSync(FILE, `${JSON.stringify(current, undefined, 2)}\n`);
} else if (!isCurrent) {
  console.error('docs/results.schema.json is not up to date: "npm run format" writes it');
  process.exitCode = 1;
}
