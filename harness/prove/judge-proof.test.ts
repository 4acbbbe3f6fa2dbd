import { describe, expect, it } from 'vitest';
import type { BrokenKernel } from './broken-kernel.ts';
import { judgeProof } from './judge-proof.ts';
import type { Seen } from './seen.ts';

const kernel: BrokenKernel = {
  id: 'x/y',
  breaks: [],
  edits: [],
  mustFail: { 'bpffs/a': ['one', 'two'] },
};
const pass: Seen = { verdict: 'PASS', failed: [] };
const failing = (...paths: string[]): Seen => ({
  verdict: 'FAIL',
  reason: 'differs',
  failed: paths.map((path) => ({ path, expected: 'null', observed: "'EPERM'" })),
});
const skipped: Seen = { verdict: 'SKIP', reason: 'no kmemleak', failed: [] };
const errored: Seen = { verdict: 'ERROR', reason: 'the scenario threw', failed: [] };

/** @param before what the unedited kernel came to; PASS in both cases when left out */
function judged(broken: Record<string, Seen>, before: Record<string, Seen> = { 'bpffs/a': pass, 'bpffs/b': pass }) {
  return judgeProof(kernel, new Map(Object.entries(before)), new Map(Object.entries(broken)));
}

describe('a broken kernel', () => {
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

  it('is killed elsewhere when a declared case fails by an oracle or a crash, whatever it would have observed', () => {
    const verdict = judged({
      'bpffs/a': { verdict: 'FAIL', reason: 'panic', broke: true, failed: [] },
      'bpffs/b': pass,
    });
    expect(verdict).toMatchObject({ outcome: 'killed elsewhere', missed: ['bpffs/a: one', 'bpffs/a: two'] });
    expect(verdict.also).toEqual([{ case: 'bpffs/a', path: '(no end)', expected: 'PASS', observed: 'panic' }]);
  });

  it('is killed by a case that fails by its oracles, where that is declared', () => {
    const whole = { ...kernel, mustFail: { 'bpffs/a': [''] } };
    const before = new Map([['bpffs/a', pass]]);
    const leak = new Map<string, Seen>([['bpffs/a', { verdict: 'FAIL', reason: 'leak', failed: [] }]]);
    expect(judgeProof(whole, before, leak).outcome).toBe('killed');
    expect(judgeProof(whole, before, new Map([['bpffs/a', failing('one')]])).outcome).toBe('killed elsewhere');
    const hang = new Map<string, Seen>([
      ['bpffs/a', { verdict: 'FAIL', reason: 'the guest hangs', broke: true, failed: [] }],
    ]);
    expect(judgeProof(whole, before, hang)).toMatchObject({ outcome: 'killed elsewhere', missed: ['bpffs/a: '] });
  });

  it('survives when the suite says of it what it says of the unedited kernel', () => {
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

  it('is not killed by what a case had observed that was judged ERROR or SKIP', () => {
    for (const verdict of ['ERROR', 'SKIP'] as const) {
      const unweighed: Seen = { ...failing('one', 'two'), verdict };
      expect(judged({ 'bpffs/a': unweighed, 'bpffs/b': pass })).toMatchObject({ kills: [], also: [] });
      const mutant = { ...kernel, mustFail: {} };
      expect(judgeProof(mutant, new Map([['bpffs/a', pass]]), new Map([['bpffs/a', unweighed]])).kills).toEqual([]);
    }
  });

  it('is not killed where a declared observation was spoilt on the unedited kernel', () => {
    const two = { ...kernel, mustFail: { 'bpffs/a': ['one'], 'bpffs/b': ['three'] } };
    const broken = new Map([
      ['bpffs/a', failing('one')],
      ['bpffs/b', failing('three')],
    ]);
    for (const spoilt of [errored, failing('three')]) {
      const before = new Map([
        ['bpffs/a', pass],
        ['bpffs/b', spoilt],
      ]);
      expect(judgeProof(two, before, broken).outcome).toBe('killed elsewhere');
    }
  });

  it('is killed by what this profile can look at, and what it cannot is told', () => {
    const two = { ...kernel, mustFail: { 'bpffs/a': ['one'], 'bpffs/b': ['three'] } };
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

  it('of which nothing is declared is killed by whatever fails', () => {
    const mutant = { ...kernel, mustFail: {} };
    const before = new Map([['bpffs/a', pass]]);
    expect(judgeProof(mutant, before, new Map([['bpffs/a', failing('three')]])).outcome).toBe('killed');
    expect(judgeProof(mutant, before, new Map([['bpffs/a', pass]])).outcome).toBe('survived');
  });

  it('is not killed by what fails on the unedited kernel too', () => {
    const both = { 'bpffs/a': failing('one', 'two'), 'bpffs/b': pass };
    expect(judged(both, both)).toMatchObject({
      outcome: 'not run here',
      notRun: ['one', 'two'].map((path) => `bpffs/a: ${path} (it fails on the unedited kernel too)`),
    });
    expect(judged({ ...both, 'bpffs/b': failing('three') }, both).outcome).toBe('killed elsewhere');
  });

  it('is not killed by a case that breaks off', () => {
    const verdict = judged({ 'bpffs/a': errored, 'bpffs/b': pass });
    expect(verdict).toMatchObject({ outcome: 'only errors', errors: ['bpffs/a: the scenario threw'], kills: [] });
    const before = { 'bpffs/a': errored, 'bpffs/b': pass };
    expect(judged({ 'bpffs/a': failing('one', 'two'), 'bpffs/b': pass }, before).outcome).toBe('not run here');
  });
});
