import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newClientKey } from './client.ts';

test('every key that a run makes for itself can be read', async () => {
  // Without the second look 6 of 3000 could not: one run in five hundred had nothing but errors.
  const unreadable = await Promise.all(
    Array.from({ length: 3000 }, async () => ssh2.utils.parseKey((await newClientKey()).privateKey)),
  );
  expect(unreadable.filter((key) => key instanceof Error)).toEqual([]);
});
