import { expect, test } from 'vitest';
import { seedsOf, withSeed } from './options.ts';

test.each([
  ['nothing', {}, undefined, undefined],
  ['a seed', {}, 17, { first: 17, count: 1 }],
  ['a seed with a debugger', { gdb: true, stopAt: 'panic' }, 17, { first: 17, count: 1 }],
  ['a search', { search: 500 }, undefined, { first: 1, count: 500 }],
  ['a search from a seed on', { search: 500, from: 501 }, undefined, { first: 501, count: 500 }],
  [
    'a search that meets the largest seed',
    { search: 500, from: 0xffff_fffe },
    undefined,
    { first: 0xffff_fffe, count: 2 },
  ],
] as const)('%s', (_, options, schedule, seeds) => expect(seedsOf(options, schedule)).toEqual(seeds));

test('--deterministic chooses a seed by chance', () => {
  const chosen = Array.from({ length: 5 }, () => seedsOf({ deterministic: true }, undefined));
  expect(chosen.every((seeds) => seeds?.count === 1)).toBe(true);
  expect(new Set(chosen.map((seeds) => seeds?.first)).size).toBeGreaterThan(1);
});

test.each([
  [{ deterministic: true }, 1, '--deterministic and --schedule exclude each other'],
  [{ search: 2 }, 1, '--schedule and --search exclude each other'],
  [{ accel: 'kvm' }, 1, '--schedule needs software emulation'],
  [{ search: 1, keep: true }, undefined, '--keep cannot be used with --search'],
  [{ leaks: true }, 1, '--leaks cannot be used with --schedule'],
  [{ repeat: 5 }, 1, '--repeat cannot be used with --schedule'],
  [{ stopAt: 'end' }, 1, '--stop-at end cannot be used with --schedule'],
  [{ search: 9, gdb: true }, undefined, '--gdb cannot be used with --search'],
  [{ search: 9, stopAt: 'panic' }, undefined, '--stop-at cannot be used with --search'],
  [{ from: 3 }, 1, '--from is for --search'],
] as const)('%j with schedule %j is refused', (options, schedule, message) =>
  expect(() => seedsOf(options, schedule)).toThrow(message),
);

test('a command without a search prints the seed that --deterministic chooses', () => {
  const lines: string[] = [];
  const { schedule } = withSeed({ deterministic: true }, (line) => lines.push(line));
  expect(lines).toEqual([`schedule ${schedule?.schedule}`]);
  const given = { schedule: { schedule: 3 } };
  expect(withSeed(given, (line) => lines.push(line))).toBe(given);
  expect(lines).toHaveLength(1);
  expect(() => withSeed({ ...given, deterministic: true }, () => undefined)).toThrow('exclude each other');
  expect(() => withSeed({ ...given, accel: 'kvm' }, () => undefined)).toThrow('needs software emulation');
  expect(() => withSeed({ ...given, leaks: true }, () => undefined)).toThrow('--leaks cannot be used with --schedule');
});
