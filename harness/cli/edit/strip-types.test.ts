import { expect, test } from 'vitest';
import { stripTypes } from './strip-types.ts';

test.each([
  ['const x: number = 1', 'const x = 1;\n'],
  ['await guest.root.mkdir("/x") as unknown', 'await guest.root.mkdir("/x");\n'],
  ['guest.root.pid', 'guest.root.pid;\n'],
])('%s', (text, code) => {
  expect(stripTypes(text)).toEqual({ code });
});

test('an object at the prompt is an object, a block stays a block', () => {
  expect(stripTypes('{ a: 1 }')).toEqual({ code: '({ a: 1 });\n' });
  expect(stripTypes('{ const a = 1; a }')).toEqual({ code: '{\n    const a = 1;\n    a;\n}\n' });
});

test.each(['const f = (x: number) => {\n', 'f(1,\n', 'const t = `abc\n'])('%j goes on in the next line', (text) => {
  expect(stripTypes(text)).toEqual({ unfinished: true });
});

test('what can never be TypeScript says why', () => {
  expect(stripTypes('const const = 1')).toHaveProperty('error');
});
