import { expect, test } from 'vitest';
import { KconformError } from '../errors/error.ts';
import { DEFAULT_MACHINE } from '../machine/machine.ts';
import { CaseOrder } from './case-order.ts';

const loaded = new KconformError('not needed', { code: 'KC_CASE_BROKEN', blame: 'case' });
const cases = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  argument: name,
  folder: '/',
  loaded,
  machine: DEFAULT_MACHINE,
}));
const kill = (name: string, path = 'x') => ({ case: name, path, expected: '1', observed: '2' });

test('cases that killed more mutants come first, the others in their order', () => {
  const order = new CaseOrder();
  const names = () => order.of(cases).map(({ name }) => name);
  expect(names()).toEqual(['a', 'b', 'c', 'd']);
  order.add({ kills: [kill('c')] });
  order.add({ kills: [kill('d'), kill('c')] });
  expect(names()).toEqual(['c', 'd', 'a', 'b']);
});

test('a case counts once for a mutant, however many of its observations fail', () => {
  const order = new CaseOrder();
  order.add({ kills: [kill('d', 'x'), kill('d', 'y'), kill('d', 'z')] });
  order.add({ kills: [kill('b')] });
  order.add({ kills: [kill('b')] });
  expect(order.of(cases).map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c']);
});
