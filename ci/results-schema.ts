/**
 * Keeps the files docs/*.schema.json the JSON Schemas of what kconform writes: `--write` writes the files; without, a
 * file that is not up to date fails. Run by `npm run check`, and by `npm run format`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { ResultsSchema } from '../harness/run/results/schema.ts';
import { AuditSchema, UpdateSchema } from '../harness/series/documents.ts';

const SCHEMAS = { results: ResultsSchema, audit: AuditSchema, update: UpdateSchema };

for (const [name, schema] of Object.entries(SCHEMAS)) {
  const path = `docs/${name}.schema.json`;
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  // What has a default when it is read may be missing in the file: that is zod's input.
  const current: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));
  const kept: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  if (isDeepStrictEqual(kept, current)) continue;
  if (process.argv.includes('--write')) writeFileSync(file, `${JSON.stringify(current, undefined, 2)}\n`);
  else {
    console.error(`${path} is not up to date: "npm run format" writes it`);
    process.exitCode = 1;
  }
}
