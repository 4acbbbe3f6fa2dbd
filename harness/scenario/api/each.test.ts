import { expect, test } from 'vitest';
import { eachInTurn, eachOf } from './each.ts';

test('a value for each name of a list, with its place', () => {
  expect(eachOf(['uid', 'gid'], (name, index) => `${name} ${index}`)).toEqual({ uid: 'uid 0', gid: 'gid 1' });
});

test('a value for each member of a record', () => {
  expect(eachOf({ map: 1, program: 2 }, (member, name) => `${name} ${member}`)).toEqual({
    map: 'map 1',
    program: 'program 2',
  });
});

test('values that take time are made one after another, and an error ends it', async () => {
  const begun: string[] = [];
  const make = async (member: number, name: string) => {
    begun.push(name);
    await new Promise((resolve) => setTimeout(resolve, 3 - member));
    if (member === 2) throw new RangeError(name);
    return begun.length;
  };
  expect(await eachInTurn({ a: 0, b: 1 }, make)).toEqual({ a: 1, b: 2 });
  await expect(eachInTurn({ c: 0, d: 2, e: 1 }, make)).rejects.toThrow('d');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});
