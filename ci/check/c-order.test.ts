import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderFaults, symbolsOf } from './c-order.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-c-order-test-'));
  await writeFile(join(folder, 'upper.c'), 'int lower(void);\nint upper(void) { return lower(); }\n');
});
afterEach(() => rm(folder, { recursive: true }));

async function faults(lower: string): Promise<string[]> {
  await writeFile(join(folder, 'lower.c'), lower);
  return orderFaults(await symbolsOf(folder, ['upper.c', 'lower.c']));
}

test('a C file may call what a file below it defines', async () => {
  expect(await faults('int lower(void) { return 1; }\n')).toEqual([]);
});

test('a C file that calls a file above it is refused, as is a name that is nowhere', async () => {
  const circle = 'int upper(void);\nint lower(void) { return upper(); }\n';
  expect(await faults(circle)).toEqual(['lower.c uses upper of upper.c']);
  expect(await faults('extern int shared;\nint lower(void) { return shared; }\n')).toEqual([
    'lower.c uses shared, which no file defines',
  ]);
});
