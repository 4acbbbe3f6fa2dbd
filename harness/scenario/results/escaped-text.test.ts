import { expect, test } from 'vitest';
import { escapedText } from './escaped-text.ts';

test.each([
  ['text', Buffer.from('ä€😀\ufeff\n'), 'ä€😀\ufeff\n'],
  [
    'a byte between characters',
    Buffer.concat([Buffer.from('ä'), Buffer.from([0xfe]), Buffer.from('€😀')]),
    'ä\\xfe€😀',
  ],
  ['a character that was cut', Buffer.from('😀').subarray(0, 3), '\\xf0\\x9f\\x98'],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
  ['an overlong form', Buffer.from([0xc0, 0x80, 0xe0, 0x80, 0x80]), '\\xc0\\x80\\xe0\\x80\\x80'],
  ['beyond the last character', Buffer.from([0xf4, 0x90, 0x80, 0x80]), '\\xf4\\x90\\x80\\x80'],
  ['a NUL', Buffer.from([0, 0xff]), '\0\\xff'],
])('%s', (_, bytes, text) => {
  expect(escapedText(bytes)).toBe(text);
});

test('10 MB that are not UTF-8', () => {
  expect(escapedText(Buffer.alloc(10_000_000, 0xff))).toHaveLength(40_000_000);
});
