/** docs/results.schema.json, as people use it: with a validator that is not ours. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostileRun } from '../../report/formats/hostile-run.test-support.ts';
import { replay } from '../../report/sample-run.ts';
import type { RunEvent } from '../events.ts';
import { ResultsReporter } from './results.ts';
import { compiled, schema } from './schema.test-support.ts';

const validate = compiled(schema);

/** The same schema, with no field but those that it names. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, closed(value)] as const);
  return { ...Object.fromEntries(entries), ...('properties' in node ? { additionalProperties: false } : {}) };
}

async function written(events?: readonly RunEvent[]): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-schema-'));
  try {
    await replay(new ResultsReporter(folder), events);
    return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what is written is valid, has no field that the schema does not name, and a killed run is valid too', async () => {
  const whole = compiled(closed(schema));
  for (const document of [await written(), await written(hostileRun), await written(hostileRun.slice(0, 3))]) {
    expect(whole(document), JSON.stringify(whole.errors)).toBe(true);
  }
});

test.each<[string, RegExp, string]>([
  ['an id that leads out of the folder', /"id":"6\.12\.57[^"]*"/, '"id":"../57"'],
  ['a kernel without an id', /"id":"6\.12\.57[^"]*",/, ''],
  ['an unknown verdict', /"verdict":"XPASS"/, '"verdict":"GOOD"'],
  ['an unknown blame', /"blame":"case"/, '"blame":"me"'],
  ['an unknown state', /"state":"finished"/, '"state":"over"'],
  ['no totals', /,"totals":\{[^}]*\}/, ''],
  ['schema 1', /"schema":2/, '"schema":1'],
])('%s is refused', async (_, before, after) => {
  const text = JSON.stringify(await written());
  const broken = text.replace(before, after);
  expect(broken).not.toBe(text);
  expect(validate(JSON.parse(broken))).toBe(false);
});
