import { expect, test } from 'vitest';
import { behaviours } from './behaviours.ts';
import { coverageOf, heldObservations, type ReadCase } from './coverage.ts';
import { expectation } from './expectation.ts';

const known = behaviours(
  'mount',
  { where: 'kernel/bpf/inode.c', commits: ['aaa'] },
  { owner: 'the owner', mode: { statement: 'the mode', commits: ['bbb'], where: 'fs/namei.c' }, statfs: 'statfs' },
);

const mountCase: ReadCase = {
  name: 'bpffs/mount',
  expectation: expectation({
    about: 'a',
    commit: ['aaa', 'ccc'],
    behaviours: { 'mount/owner': ['root.uid', 'calls'], 'mount/mode': ['root'] },
    quirks: [{ title: 'q', documented: 'd', link: 'l', promised: { 'root.mode': 1 } }],
    knownBugs: [{ title: 't', fix: null, fixedIn: [], instead: { calls: [] } }],
    outcome: { root: { uid: 0, mode: 0o700 }, calls: ['EPERM'], rest: true },
  }),
};

test('the behaviours of a group have its commits and file, or their own', () => {
  expect(known).toEqual([
    { id: 'mount/owner', statement: 'the owner', commits: ['aaa'], where: 'kernel/bpf/inode.c' },
    { id: 'mount/mode', statement: 'the mode', commits: ['bbb'], where: 'fs/namei.c' },
    { id: 'mount/statfs', statement: 'statfs', commits: ['aaa'], where: 'kernel/bpf/inode.c' },
  ]);
});

test('each observation says what it is of: behaviours, a quirk, known bugs', () => {
  expect(heldObservations(mountCase.expectation)).toEqual([
    { path: 'root.uid', expected: '0', behaviours: ['mount/owner', 'mount/mode'] },
    { path: 'root.mode', expected: '0o700', behaviours: ['mount/mode'], quirk: 'q' },
    { path: 'calls[0]', expected: "'EPERM'", behaviours: ['mount/owner'], bugs: ['t'] },
    { path: 'rest', expected: 'true', behaviours: [] },
  ]);
});

test('coverage goes by behaviours, and by the commit of the case for what looks at none', () => {
  const look = (...paths: string[]) => [{ case: 'bpffs/mount', paths }];
  const coverage = coverageOf([mountCase], known);
  expect(coverage.commits).toEqual([
    { commit: 'aaa', looks: look('root.uid', 'calls[0]', 'rest') },
    { commit: 'bbb', looks: look('root.uid', 'root.mode') },
    { commit: 'ccc', looks: look('rest') },
  ]);
  expect(coverage.behaviours.map(({ behaviour, looks }) => [behaviour.id, looks])).toEqual([
    ['mount/owner', look('root.uid', 'calls[0]')],
    ['mount/mode', look('root.uid', 'root.mode')],
    ['mount/statfs', []],
  ]);
  expect(coverage.loose).toEqual(look('rest'));
});

test('all of a case looks at a behaviour that says so', () => {
  const { expectation: one } = mountCase;
  const everything = { name: 'c', expectation: { ...one, behaviours: { 'mount/statfs': 'all' } as const } };
  expect(coverageOf([everything], known).behaviours[2]?.looks).toEqual([
    { case: 'c', paths: ['root.uid', 'root.mode', 'calls[0]', 'rest'] },
  ]);
  expect(coverageOf([everything], known).loose).toEqual([]);
});
