import { describe, expect, it } from 'vitest';
import type { CaseRecord } from './case-record.ts';
import { judgeProof } from './judge-proof.ts';
import type { DeclaredMutant, RuleMutant } from './mutant.ts';

const declared: DeclaredMutant = {
  kind: 'declared',
  id: 'x/y',
  breaks: [],
  edits: [],
  mustFail: { 'bpffs/a': ['one', 'two'] },
};
const byRule: RuleMutant = { kind: 'by-rule', id: 'a.c:1: a → b', edits: [] };
const pass: CaseRecord = { verdict: 'PASS', failed: [] };
const failing = (...paths: string[]): CaseRecord => ({
  verdict: 'FAIL',
  reason: 'differs',
  failed: paths.map((path) => ({ path, expected: 'null', observed: "'EPERM'" })),
});
const skipped: CaseRecord = { verdict: 'SKIP', reason: 'no kmemleak', failed: [] };
const errored: CaseRecord = { verdict: 'ERROR', reason: 'the scenario threw', failed: [] };

/** @param before results on the unedited kernel; default: PASS in both cases */
function judged(
  broken: Record<string, CaseRecord>,
  before: Record<string, CaseRecord> = { 'bpffs/a': pass, 'bpffs/b': pass },
) {
  return judgeProof(declared, new Map(Object.entries(before)), new Map(Object.entries(broken)));
}

describe('a killed mutant', () => {
  it('is killed when each declared observation fails, or one below it', () => {
    const verdict = judged({ 'bpffs/a': failing('one', 'two.below'), 'bpffs/b': failing('three') });
    expect(verdict.outcome).toBe('killed');
    expect(verdict.kills.map(({ path }) => path)).toEqual(['one', 'two.below']);
    expect(verdict.also).toEqual([{ case: 'bpffs/b', path: 'three', expected: 'null', observed: "'EPERM'" }]);
  });

  it('is killed elsewhere when a declared observation does not fail', () => {
    expect(judged({ 'bpffs/a': failing('one'), 'bpffs/b': pass })).toMatchObject({
      outcome: 'killed elsewhere',
      missed: ['bpffs/a: two'],
    });
    expect(judged({ 'bpffs/a': pass, 'bpffs/b': failing('three') })).toMatchObject({
      outcome: 'killed elsewhere',
      kills: [],
    });
  });

  it('is killed elsewhere when a declared case fails by an oracle or a crash', () => {
    const verdict = judged({
      'bpffs/a': { verdict: 'FAIL', reason: 'panic', broke: true, failed: [] },
      'bpffs/b': pass,
    });
    expect(verdict).toMatchObject({ outcome: 'killed elsewhere', missed: ['bpffs/a: one', 'bpffs/a: two'] });
    expect(verdict.also).toEqual([{ case: 'bpffs/a', path: '(no end)', expected: 'PASS', observed: 'panic' }]);
  });

  it('is killed by a case that fails by its oracles, where that is declared', () => {
    const whole = { ...declared, mustFail: { 'bpffs/a': [''] } };
    const before = new Map([['bpffs/a', pass]]);
    const leak = new Map<string, CaseRecord>([['bpffs/a', { verdict: 'FAIL', reason: 'leak', failed: [] }]]);
    expect(judgeProof(whole, before, leak).outcome).toBe('killed');
    expect(judgeProof(whole, before, new Map([['bpffs/a', failing('one')]])).outcome).toBe('killed elsewhere');
    const hang = new Map<string, CaseRecord>([
      ['bpffs/a', { verdict: 'FAIL', reason: 'the guest hangs', broke: true, failed: [] }],
    ]);
    expect(judgeProof(whole, before, hang)).toMatchObject({ outcome: 'killed elsewhere', missed: ['bpffs/a: '] });
  });

  it('is killed by the observations that this profile can make; the others are listed', () => {
    const two = { ...declared, mustFail: { 'bpffs/a': ['one'], 'bpffs/b': ['three'] } };
    const before = new Map([
      ['bpffs/a', pass],
      ['bpffs/b', skipped],
    ]);
    const broken = new Map([
      ['bpffs/a', failing('one')],
      ['bpffs/b', skipped],
    ]);
    expect(judgeProof(two, before, broken)).toMatchObject({
      outcome: 'killed',
      notRun: ['bpffs/b: three (SKIP: no kmemleak)'],
    });
  });

  it('made by rule is killed by any observation that fails', () => {
    const before = new Map([['bpffs/a', pass]]);
    expect(judgeProof(byRule, before, new Map([['bpffs/a', failing('three')]])).outcome).toBe('killed');
    expect(judgeProof(byRule, before, new Map([['bpffs/a', pass]])).outcome).toBe('survived');
  });
});

describe('a mutant that is not killed', () => {
  it('is not killed by observations of a case that is ERROR or SKIP', () => {
    for (const verdict of ['ERROR', 'SKIP'] as const) {
      const unjudged: CaseRecord = { ...failing('one', 'two'), verdict };
      expect(judged({ 'bpffs/a': unjudged, 'bpffs/b': pass })).toMatchObject({ kills: [], also: [] });
      expect(judgeProof(byRule, new Map([['bpffs/a', pass]]), new Map([['bpffs/a', unjudged]])).kills).toEqual([]);
    }
  });

  it('is not killed where a declared observation could not be judged on the unedited kernel', () => {
    const two = { ...declared, mustFail: { 'bpffs/a': ['one'], 'bpffs/b': ['three'] } };
    const broken = new Map([
      ['bpffs/a', failing('one')],
      ['bpffs/b', failing('three')],
    ]);
    for (const unusable of [errored, failing('three')]) {
      const before = new Map([
        ['bpffs/a', pass],
        ['bpffs/b', unusable],
      ]);
      expect(judgeProof(two, before, broken).outcome).toBe('killed elsewhere');
    }
  });

  it('is not killed by observations that fail on the unedited kernel too', () => {
    const both = { 'bpffs/a': failing('one', 'two'), 'bpffs/b': pass };
    expect(judged(both, both)).toMatchObject({
      outcome: 'not run here',
      notRun: ['one', 'two'].map((path) => `bpffs/a: ${path} (it fails on the unedited kernel too)`),
    });
    expect(judged({ ...both, 'bpffs/b': failing('three') }, both).outcome).toBe('killed elsewhere');
  });

  it('is not killed by a case that is ERROR', () => {
    const verdict = judged({ 'bpffs/a': errored, 'bpffs/b': pass });
    expect(verdict).toMatchObject({ outcome: 'only errors', errors: ['bpffs/a: the scenario threw'], kills: [] });
    const before = { 'bpffs/a': errored, 'bpffs/b': pass };
    expect(judged({ 'bpffs/a': failing('one', 'two'), 'bpffs/b': pass }, before).outcome).toBe('not run here');
  });
});

describe('a mutant that survives or is not run', () => {
  it('survives when the cases have the results that they have on the unedited kernel', () => {
    expect(judged({ 'bpffs/a': pass, 'bpffs/b': pass }).outcome).toBe('survived');
  });

  it('proves nothing where its cases are skipped, on either kernel', () => {
    const before = { 'bpffs/a': skipped, 'bpffs/b': pass };
    expect(judged({ 'bpffs/a': skipped, 'bpffs/b': pass }, before)).toMatchObject({
      outcome: 'not run here',
      notRun: ['bpffs/a: one (SKIP: no kmemleak)', 'bpffs/a: two (SKIP: no kmemleak)'],
    });
    expect(judged({ 'bpffs/a': failing('one', 'two'), 'bpffs/b': pass }, before).outcome).toBe('not run here');
    expect(judged({ 'bpffs/b': pass }).outcome).toBe('not run here');
  });

  it('is missed by a case that is skipped on it alone: the defect hides itself', () => {
    expect(judged({ 'bpffs/a': skipped, 'bpffs/b': pass })).toMatchObject({
      outcome: 'survived',
      missed: ['bpffs/a: one', 'bpffs/a: two'],
      notRun: [],
    });
  });
});
