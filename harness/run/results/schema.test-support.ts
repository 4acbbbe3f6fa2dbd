/** The published schema of results.json, read by a validator that is not ours. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** As the package exports it. */
export const schema: unknown = JSON.parse(
  readFileSync(new URL(import.meta.resolve('kconform/results.schema.json')), 'utf8'),
);

export function compiled(source: unknown) {
  if (typeof source !== 'object' || source === null) throw new TypeError('a JSON Schema is an object');
  return new Ajv2020({ allErrors: true }).compile(source);
}
