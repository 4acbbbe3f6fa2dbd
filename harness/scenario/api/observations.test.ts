import { expect, test } from 'vitest';
import { anyOf } from '../../expect/matchers/matchers.ts';
import { scenario } from './scenario.ts';

const circular: { self?: object } = {};
circular.self = circular;

const run = (value: unknown) => {
  const context = { guest: Object.create(null), signal: new AbortController().signal };
  return scenario(async () => Object(value)).run(context);
};

test('plain data is what a scenario observes, and stays what it was', async () => {
  const plain = { none: null, list: [1, { text: 'ä', yes: true }], 'a.b': -0.5, again: [[], {}] };
  expect(await run(plain)).toEqual(plain);
  const shared = { uid: 0 };
  expect(await run({ one: shared, other: shared })).toEqual({ one: { uid: 0 }, other: { uid: 0 } });
});

test('what is observed is a copy, which nothing that the scenario left running can change', async () => {
  const later = { list: [1] };
  const observed = await run({ later });
  later.list.push(2);
  expect(observed).toEqual({ later: { list: [1] } });
});

test('an object that looks like a matcher is data like any other', async () => {
  const matcherLike = { x: { $matcher: 'anyOf', $with: [1, 2] }, $matcher: 'absent' };
  expect(await run(matcherLike)).toEqual(matcherLike);
});

test.each([
  ['a matcher', { a: [anyOf(1, 2)] }, 'a[0] cannot be an observation: it is a matcher'],
  ['a name that is a symbol', { a: { [Symbol('s')]: 1 } }, 'a cannot be an observation: it is an object with a member'],
  ['a proxy', { a: new Proxy({}, {}) }, 'the outcome cannot be an observation: it is an object that cannot be copied'],
  ['a function', { a: { hook: Math.max } }, 'a.hook cannot be an observation: it is the function max'],
  ['undefined', { list: [1, undefined] }, 'list[1] cannot be an observation: it is undefined'],
  ['a bigint', { big: 5n }, 'big cannot be an observation: it is the bigint 5n'],
  ['NaN', { 'a.b': NaN }, '["a.b"] cannot be an observation: it is NaN'],
  ['infinity', { far: Infinity }, 'far cannot be an observation: it is Infinity'],
  ['a circle', { circular }, 'circular.self cannot be an observation: it is an object that contains itself'],
  ['bytes', { bytes: Buffer.from('a') }, 'bytes cannot be an observation: it is an object of class Buffer'],
  ['a promise', { later: Promise.resolve(1) }, 'later cannot be an observation: it is an object of class Promise'],
  ['a symbol', { s: Symbol('s') }, 's cannot be an observation: it is a symbol'],
  ['a scenario that returns a function', () => 1, 'the outcome cannot be an observation: it is a function'],
  ['a scenario that returns a list', [1], 'the outcome cannot be an observation: it is a list'],
])('%s is the case’s fault, and told with its path', async (_, value, message) => {
  await expect(run(value)).rejects.toMatchObject({ code: 'KC_OBSERVATION', blame: 'case' });
  await expect(run(value)).rejects.toThrow(message);
});

test('a scenario that returns nothing is an error too', async () => {
  const returnsNothing = scenario(async () => JSON.parse('null'));
  const context = { guest: Object.create(null), signal: new AbortController().signal };
  await expect(returnsNothing.run(context)).rejects.toMatchObject({ code: 'KC_OBSERVATION', blame: 'case' });
});
