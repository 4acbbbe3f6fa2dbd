import { expect, test } from 'vitest';
import { GuestBuffer } from '../agent/batch.ts';
import { ioctlNumber, Struct } from './struct.ts';

const EXAMPLE = new Struct('struct example', 'linux/example.h', 24, {
  small: ['u8', 0],
  id: ['s32', 4],
  pointer: ['u64', 8],
  offset: ['s64', 16],
});

test('a structure has the values of its fields in two’s complement, and zeros', () => {
  const { bytes, out } = EXAMPLE.make({ small: 0x1ff, id: -2, offset: -1n });
  expect(bytes.toString('hex')).toBe('ff000000feffffff0000000000000000ffffffffffffffff');
  expect(out).toBe(false);
});

test('a buffer in a field becomes a pointer', () => {
  const target = new GuestBuffer(Buffer.alloc(1));
  expect([...EXAMPLE.make({ pointer: target }).pointers]).toEqual([[8, target]]);
});

test('reading gives numbers, and bigints for 64 bits', () => {
  const { bytes } = EXAMPLE.make({ small: 7, id: -2, pointer: 2n ** 63n, offset: -5 });
  expect(EXAMPLE.read(Buffer.concat([Buffer.alloc(3), bytes]), 3)).toEqual({
    small: 7,
    id: -2,
    pointer: 2n ** 63n,
    offset: -5n,
  });
});

test('another size, for a wrong one', () => {
  expect(EXAMPLE.make({ small: 1 }, { size: 32, out: true })).toMatchObject({ out: true, bytes: { length: 32 } });
});

test('a field that does not exist is named, with those that do', () => {
  const misspelt: object = { smal: 1 };
  expect(() => EXAMPLE.make(misspelt)).toThrow(
    expect.objectContaining({ code: 'KC_UNKNOWN_FIELD', blame: 'case', hint: 'fields: small, id, pointer, offset' }),
  );
});

test('numbers of ioctls as _IO, _IOW, _IOR and _IOWR make them', () => {
  expect(ioctlNumber('none', 'f', 1)).toBe(0x6601);
  expect(ioctlNumber('write', 'f', 2, 8)).toBe(0x40086602);
  expect(ioctlNumber('read', 'f', 1, 8)).toBe(0x80086601);
  expect(ioctlNumber('both', 0xaa, 0, 32)).toBe(0xc020aa00);
});
