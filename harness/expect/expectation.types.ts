/** Checked by tsc, never run: what an author's compiler must accept, and what it must refuse. */

import { expectation } from './expectation.ts';
import type { Errno } from './matchers/errno.ts';
import {
  absent,
  anyOf,
  atLeast,
  byConfig,
  byVersion,
  containing,
  including,
  matching,
  not,
} from './matchers/matchers.ts';

interface Root {
  readonly uid: number;
  readonly mode: number;
}

interface Observations {
  readonly root: Root;
  readonly options: string;
  readonly negative: Errno | null;
  readonly records: readonly { readonly name: string; readonly errno: Errno | null }[];
  readonly gone: boolean;
  readonly note?: string | undefined;
}

declare const scenario: { readonly kind: 'scenario'; run(context: { readonly guest: object }): Promise<Observations> };

const right = {
  root: { uid: 65534, mode: 0o41777 },
  options: 'rw',
  negative: 'EINVAL',
  records: [],
  gone: true,
} as const;

export const literal = expectation<typeof scenario>({
  about: 'literal values',
  commit: 'b08c8fc0411d',
  outcome: right,
});

export const matched = expectation<typeof scenario>({
  about: 'matchers stand for any leaf or branch',
  commit: ['b08c8fc0411d', '6fe01d3cbb92'],
  needs: { config: ['BPF_SYSCALL'], files: ['/sys/fs/bpf'], features: ['kmemleak'] },
  outcome: {
    root: { uid: atLeast(1), mode: byConfig('BPF', 0o41777, 0o40755) },
    options: byVersion({ '6.12': matching(/^rw/), '6.12.54': containing('uid') }),
    negative: anyOf('EINVAL', 'EPERM'),
    records: including({ name: 'a', errno: null }),
    gone: not(false),
    note: absent(),
  },
  behaviours: { 'mount/owner': ['root', 'root.uid', 'records[0].name'], 'mount/options': 'all' },
  quirks: [{ title: 'a', documented: 'b', link: 'c', promised: { options: 'ro' } }],
  knownBugs: [{ title: 'a', fix: null, fixedIn: [], instead: { 'root.uid': anyOf(0, 1), options: 'ro' } }],
});

// Observations of scenarios in shell and C have no type.
export const untyped = expectation({ about: 'a', commit: 'b', outcome: { status: 0, lines: ['a', matching(/b/)] } });

const rest = { about: 'a', commit: 'b' };

export const refused = [
  // @ts-expect-error an errno name that is none
  expectation<typeof scenario>({ ...rest, outcome: { ...right, negative: 'EFROB' } }),
  // @ts-expect-error an errno name that is none, in a matcher
  expectation<typeof scenario>({ ...rest, outcome: { ...right, negative: anyOf('EINVAL', 'EFROB') } }),
  // @ts-expect-error a key that the scenario does not observe
  expectation<typeof scenario>({ ...rest, outcome: { ...right, optoins: 'rw' } }),
  // @ts-expect-error a key that the scenario does not observe, deeper down
  expectation<typeof scenario>({ ...rest, outcome: { ...right, root: { uid: 0, mode: 0, guid: 0 } } }),
  // @ts-expect-error a key left out
  expectation<typeof scenario>({ ...rest, outcome: { ...right, root: { uid: 0 } } }),
  // @ts-expect-error a value of the wrong type
  expectation<typeof scenario>({ ...rest, outcome: { ...right, gone: 'yes' } }),
  // @ts-expect-error a matcher of the wrong type
  expectation<typeof scenario>({ ...rest, outcome: { ...right, options: atLeast(3) } }),
  // @ts-expect-error one version with the wrong type
  expectation<typeof scenario>({ ...rest, outcome: { ...right, gone: byVersion({ '6.12': true, '6.18': 'yes' }) } }),
  // @ts-expect-error a behaviour looked at by an observation that there is not
  expectation<typeof scenario>({ ...rest, outcome: right, behaviours: { 'mount/owner': ['rooot.uid'] } }),
  // @ts-expect-error a quirk without the promise
  expectation<typeof scenario>({ ...rest, outcome: right, quirks: [{ title: 'a', link: 'b', promised: {} }] }),
  // @ts-expect-error a field that is no field
  expectation<typeof scenario>({ ...rest, outcome: right, knownBug: [] }),
];
