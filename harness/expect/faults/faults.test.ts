import { describe, expect, test } from 'vitest';
import { type Expectation, expectation, type KnownBug } from '../expectation.ts';
import {
  absent,
  anyOf,
  atLeast,
  atMost,
  between,
  byConfig,
  byVersion,
  containing,
  including,
  matching,
  not,
} from '../matchers/matchers.ts';
import { isAnchored, isImpossible } from './anchors.ts';
import { faultsOf } from './faults.ts';

const bug: KnownBug = { title: 't', fix: 'f', fixedIn: ['6.12.54', '6.18'], instead: { root: 'wrong' } };

function faults(fields: Partial<Expectation>): string {
  return faultsOf({ ...expectation({ about: 'a', commit: 'b', outcome: { root: 'right' } }), ...fields }).join('\n');
}

const holding = (root: unknown): Partial<Expectation> => ({ outcome: { root } });
const declaring = (more: Partial<KnownBug>, root: unknown = 'right'): Partial<Expectation> => ({
  ...holding(root),
  knownBugs: [{ ...bug, ...more }],
});

describe('a fault', () => {
  const rows: readonly [string, Partial<Expectation>, string][] = [
    ['a matcher for any text', holding(containing('')), 'fits anything'],
    ['odds above one', { ...declaring({}), race: { hits: 51, runs: 50, kernel: '6.12.96' } }, '51 hits in 50 runs'],
    [
      'a schedule of what is no race',
      declaring({ schedule: { seed: 1, kernel: '6.12.96+deb13-cloud-amd64', qemu: '7.2.22' } }),
      'the field race is missing',
    ],
    ['a race of no bug', { race: { hits: 50, runs: 50, kernel: '6.12.96' } }, 'no known bug is declared'],
    ['a pattern for any text', holding(matching(/^/)), 'fits anything'],
    ['a matcher for any list', holding(including()), 'fits anything'],
    ['a matcher for any number', holding(atLeast(Number.NEGATIVE_INFINITY)), 'fits anything'],
    ['a matcher for either of two', holding(anyOf(true, false)), 'fits anything'],
    ['a matcher for any number, in parts', holding(anyOf(atLeast(0), atMost(0))), 'fits anything'],
    ['whatever was observed', holding(not(absent() as never)), 'fits anything'],
    ['a matcher for nothing', holding(anyOf()), 'fits nothing'],
    ['a range upside down', holding(between(5, 1)), 'fits nothing'],
    ['one deep in a fence', holding(byVersion({ '6.12': byConfig('BTF', 'x', containing('')) })), 'fits anything'],
    ['a pattern without an anchor', holding(matching(/uid=1/)), 'containing(…)'],
    ['a pattern with one alternative unanchored', holding(matching(/^a|b/)), 'containing(…)'],

    ['a bug whose symptom is right as well', declaring({}, anyOf('right', 'wrong')), 'is expected anyway'],
    ['a bug whose symptom is what is right', declaring({ instead: { root: 'right' } }), 'is expected anyway'],
    ['a bug with matchers for what is right', declaring({ instead: { root: matching(/^r/) } }), 'is expected anyway'],
    ['races between right values', declaring({ instead: { root: anyOf('right') } }), 'is expected anyway'],
    [
      'a symptom that a fenced matcher takes',
      declaring({}, byVersion<unknown>({ '6.1': 'x', '6.12': matching(/^(right|wrong)$/) })),
      'is expected anyway',
    ],
    [
      'a symptom that is anything but right',
      declaring({ instead: { root: not('right') } }),
      'is not allowed here: it also matches values that the bug',
    ],
    ['a symptom of any text', declaring({ instead: { root: containing('') } }), 'fits anything'],
    ['a bug that shows in nothing', declaring({ instead: {} }), 'names no observation'],
    [
      'a bug that has two values for one leaf',
      declaring({ instead: { root: { uid: 1 }, 'root.uid': 2 } }, { uid: 0 }),
      'two values for root.uid',
    ],

    ['any splat of a kind', { splats: [{ kind: 'WARNING' }] }, 'every splat of the kind WARNING'],
    ['any splat', declaring({ splats: [{ title: '' }] }), 'every splat: add its title'],
    ['any splat, by a pattern', declaring({ splats: [{ title: matching(/^/) }] }), 'every splat: add its title'],
    ['any leak', declaring({ leaks: [''] }), 'matches every leak'],

    ['no version at all', { versions: [] }, 'never run'],
    ['a version that is none', { versions: ['6.12.x'] }, '"6.12.x" is not a kernel version'],
    ['a fix in a version that is none', declaring({ fixedIn: ['linux-6.12'] }), 'not a kernel version'],
    ['two fixes in one branch', declaring({ fixedIn: ['6.12.54', '6.12.60'] }), 'two versions for 6.12'],
    ['a bug that no version brought', declaring({ introducedIn: [] }), 'no kernel has it'],
    ['a bug that was fixed before it came', declaring({ introducedIn: ['6.12.54'] }), 'fixed already'],
    ['a fence of no version', holding(byVersion({ six: 1 })), '"six" is not a kernel version'],
    ['a fence of no version in a symptom', declaring({ instead: { root: byVersion({ six: 'x' }) } }), '"six"'],
  ];
  test.each(rows)('%s', (_, fields, fault) => expect(faults(fields)).toContain(fault));
});

describe('no fault', () => {
  const rows: readonly [string, Partial<Expectation>][] = [
    ['anything but one value', holding(not(null))],
    ['patterns held at one end', holding([matching(/^rw,/), matching(/\(deleted\)$/), matching(/^(a|b)$/)])],
    ['either of two values', holding(anyOf('EPERM', 'EACCES'))],
    ['a bug that comes and goes', declaring({ instead: { root: anyOf('right', 'wrong') } })],
    ['a race of yes and no', declaring({ instead: { root: anyOf(true, false) } }, true)],
    ['a bug whose symptom is right elsewhere', declaring({}, byVersion({ '6.1': 'wrong', '6.12': 'right' }))],
    [
      'a bug of a member of a fenced branch',
      declaring({ instead: { 'root.uid': 1 } }, byVersion({ '6.12': { uid: 0 } })),
    ],
    ['a bug that shows in a splat only', declaring({ instead: {}, splats: [{ title: 'sleeping function' }] })],
    ['a window in each branch', declaring({ introducedIn: ['6.12.43', '6.17'] })],
    ['versions of candidates', { versions: ['6.18-rc3', '6.12.54'] }],
  ];
  test.each(rows)('%s', (_, fields) => expect(faults(fields)).toBe(''));
});

test.each([
  ['^rw', true],
  ['rw$', true],
  ['rw\\$', false],
  ['rw\\\\$', true],
  ['^(a|b)', true],
  ['(^a|b)', false],
  ['^a|b', false],
  ['^a|b$', true],
  ['^[|(]', true],
  ['[|(]$|x', false],
])('/%s/ is anchored: %s', (source, anchored) => expect(isAnchored(source)).toBe(anchored));

test.each([
  ['^(?!)', true],
  ['^(?!a)', false],
  ['^(?!a)(?!)', true],
  ['^[]$', true],
  ['^[]a]$', true], // in JavaScript: the empty class, then a]
  ['^[^]$', false],
  ['^[a\\]$]$', false],
  ['a^b', true],
  ['a*^b', false],
  ['\\b^b', false],
  ['^a$b', true],
  ['^a$b*', false],
  ['^a\\$b', false],
  ['^a$b|c$', false],
  ['^(a$b)', false],
])('/%s/ can fit nothing: %s', (source, impossible) => expect(isImpossible(source, '')).toBe(impossible));
