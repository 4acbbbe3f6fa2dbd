import { expect, test } from 'vitest';
import { seedsOf } from './options.ts';

test.each([
  ['nothing', {}, undefined],
  ['a seed', { schedule: 17 }, { first: 17, count: 1 }],
  ['a seed with a debugger', { schedule: 17, gdb: true, stopAt: 'panic' }, { first: 17, count: 1 }],
  ['a search', { search: 500 }, { first: 1, count: 500 }],
  ['a search from a seed on', { search: 500, from: 501 }, { first: 501, count: 500 }],
  ['a search that meets the largest seed', { search: 500, from: 0xffff_fffe }, { first: 0xffff_fffe, count: 2 }],
] as const)('%s', (_, options, seeds) => expect(seedsOf(options)).toEqual(seeds));

test('--deterministic chooses a seed by chance', () => {
  const chosen = Array.from({ length: 5 }, () => seedsOf({ deterministic: true }));
  expect(chosen.every((seeds) => seeds?.count === 1)).toBe(true);
  expect(new Set(chosen.map((seeds) => seeds?.first)).size).toBeGreaterThan(1);
});

test.each([
  [{ deterministic: true, schedule: 1 }, '--deterministic and --schedule exclude each other'],
  [{ schedule: 1, search: 2 }, '--schedule and --search exclude each other'],
  [{ schedule: 1, accel: 'kvm' }, '--schedule needs software emulation'],
  [{ search: 1, keep: true }, '--keep cannot be used with --search'],
  [{ schedule: 1, leaks: true }, '--leaks cannot be used with --schedule'],
  [{ schedule: 1, repeat: 5 }, '--repeat cannot be used with --schedule'],
  [{ schedule: 1, stopAt: 'end' }, '--stop-at end cannot be used with --schedule'],
  [{ search: 9, gdb: true }, '--gdb cannot be used with --search'],
  [{ search: 9, stopAt: 'panic' }, '--stop-at cannot be used with --search'],
  [{ from: 3 }, '--from is for --search'],
] as const)('%j is refused', (options, message) => expect(() => seedsOf(options)).toThrow(message));
