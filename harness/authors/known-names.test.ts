import { expect, test } from 'vitest';
import * as kconform from '../index.ts';
import { withKnownNames } from './known-names.ts';

test('a constant without a name is an error, and not 0', () => {
  const flags = withKnownNames('O', kconform.O);
  expect(flags.RDWR).toBe(2);
  expect(() => Reflect.get(flags, 'RDONY')).toThrow('O has no RDONY; did you mean RDONLY?');
  expect(() => {
    const { CLOEXC } = flags as Record<string, number>;
    return CLOEXC;
  }).toThrow('O has no CLOEXC; did you mean CLOEXEC?');
  expect('RDONY' in flags).toBe(false);
  expect(Object.keys(flags)).toEqual(Object.keys(kconform.O));
});

test('so it is in namespaces, as modules and as their compiled copies have them', () => {
  const copy = Object.defineProperty({}, 'MAP_TYPE', { enumerable: true, get: () => kconform.bpf.MAP_TYPE });
  for (const bpf of [withKnownNames('bpf', kconform.bpf), withKnownNames('bpf', copy)]) {
    const types: unknown = Reflect.get(bpf, 'MAP_TYPE');
    if (typeof types !== 'object' || types === null) throw new Error('no MAP_TYPE');
    expect(Reflect.get(types, 'HASH')).toBe(kconform.bpf.MAP_TYPE.HASH);
    expect(() => Reflect.get(types, 'HSAH')).toThrow(/^bpf\.MAP_TYPE has no HSAH/);
    expect(() => Reflect.get(bpf, 'MAP_TYP')).toThrow('bpf has no MAP_TYP');
  }
});

test('what is no table of numbers stays as it is', () => {
  for (const value of [
    kconform.scenario,
    kconform.absent,
    kconform.perf.ATTRIBUTES,
    [1],
    null,
    undefined,
    { a: 'b' },
    {},
  ])
    expect(withKnownNames('x', value)).toBe(value);
});

test('promises and tools that ask for members of any object get undefined', async () => {
  expect(await withKnownNames('O', kconform.O)).toBeDefined();
  expect(JSON.stringify(withKnownNames('S', kconform.S))).toBe(JSON.stringify(kconform.S));
});
