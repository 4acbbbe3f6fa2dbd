import { describe, expect, it } from 'vitest';
import type { CaseRecord } from '../../../prove/case-record.ts';
import type { ProofOutcome } from '../../../prove/judge-proof.ts';
import type { Mutant } from '../../../prove/mutant.ts';
import type { Proof } from '../../../prove/prove.ts';
import { estimateText, proofDocument, proofLines, proofMarkdown, summaryLines, uneditedLines } from './proof.ts';

const kill = { case: 'bpffs/mount-owner', path: 'accepted.uid=1', expected: "'1:0'", observed: "'0:0'" };

function proof(id: string, outcome: ProofOutcome, more: Partial<Proof> = {}): Proof {
  const edits = [{ file: 'kernel/bpf/inode.c', find: 'a', replace: 'b' }];
  const mutant: Mutant = { kind: 'declared', id, breaks: ['mount/owner'], edits, mustFail: {} };
  const nothing = { kills: [], also: [], missed: [], notRun: [], errors: [] };
  return {
    mutant,
    places: ['kernel/bpf/inode.c: bpf_fill_super'],
    outcome,
    buildMs: 41_000,
    runMs: 58_000,
    ...nothing,
    ...more,
  };
}

const killed = proof('mount/uid-dropped', 'killed', { kills: [kill, { ...kill, path: 'accepted.uid=2' }] });
const survived = proof('mount/other', 'survived', {
  missed: ['bpffs/mount-owner: accepted.uid=1'],
  buildMs: 0,
  runMs: 0,
});
const unapplied = proof('mount/gone', 'does not apply', {
  reason: 'kernel/bpf/inode.c: the text to find is not there',
});
const seen = new Map<string, CaseRecord>([
  ['bpffs/mount-owner', { verdict: 'PASS', failed: [] }],
  ['token/lsm-free', { verdict: 'SKIP', reason: 'needs CONFIG_BPF_LSM built in', failed: [] }],
]);
const session = {
  source: '6.12',
  profile: 'debug',
  unedited: seen,
  planned: 3,
  declaredAt: new Map([['mount/gone', 'images/kernels/mutants/mount.ts:7']]),
};

describe('a proof for a person', () => {
  it('names the observation that fails, and declared ones that do not fail', () => {
    expect(proofLines(killed, undefined)).toEqual([
      'killed           mount/uid-dropped, built in 41.0 s, run in 58.0 s',
      "  bpffs/mount-owner: accepted.uid=1: expected '1:0', observed '0:0' (and 1 more)",
    ]);
    expect(proofLines(survived, undefined)).toEqual([
      'survived         mount/other, kept',
      '  does not fail: bpffs/mount-owner: accepted.uid=1',
    ]);
  });

  it('says why a mutant is equivalent, and reports one that is killed all the same', () => {
    const mutant: Mutant = {
      kind: 'by-rule',
      id: 'mount/other',
      edits: survived.mutant.edits,
      equivalent: 'nobody asks',
    };
    const equivalent = { ...survived, mutant, missed: [] };
    expect(proofLines(equivalent, undefined)).toEqual([
      'survived         mount/other, kept',
      '  as declared equivalent: nobody asks',
    ]);
    expect(summaryLines([equivalent])[1]).toBe('  survived: mount/other (nobody asks)');
    expect(proofLines({ ...killed, mutant }, undefined)).toContain(
      '  declared equivalent, but does not survive: nobody asks',
    );
  });

  it('says where an edit is declared that cannot be made', () => {
    expect(proofLines(unapplied, 'images/kernels/mutants/mount.ts:7')[1]).toBe(
      '  images/kernels/mutants/mount.ts:7: kernel/bpf/inode.c: the text to find is not there',
    );
  });

  it('says in its files when not all were tried', () => {
    expect(proofMarkdown(session, [killed, survived])).toContain('Only 2 of 3 mutants were tried.');
    expect(proofMarkdown(session, [killed, survived, unapplied])).not.toContain('were tried');
    expect(proofDocument(session, [killed])).toMatchObject({ planned: 3, tried: 1 });
  });

  it('ends with totals and what was not killed', () => {
    expect(summaryLines([killed, survived, unapplied])).toEqual([
      '1 killed, 1 survived, 1 does not apply',
      '  survived: mount/other',
      '  does not apply: mount/gone',
    ]);
  });

  it('lists cases that prove nothing, by their result on the unedited kernel', () => {
    expect(uneditedLines(seen)).toEqual([
      'unedited kernel: 1 PASS, 0 XFAIL, 0 FAIL, 0 XPASS, 1 SKIP, 0 ERROR',
      '  SKIP token/lsm-free: needs CONFIG_BPF_LSM built in',
    ]);
  });

  it('estimates from mutants that were built and run, not from kept results', () => {
    const event = { type: 'proof', proof: killed, done: 2, of: 4 } as const;
    expect(estimateText([killed, survived], event)).toBe('2 of 4 done, about 1 min 56 s left');
    expect(estimateText([survived], event)).toBe('2 of 4 done');
  });
});

it('proofs are counted by function', () => {
  const elsewhere = proof('mount/third', 'killed elsewhere');
  expect(proofDocument(session, [killed, survived, elsewhere, unapplied])).toMatchObject({
    byFunction: [{ place: 'kernel/bpf/inode.c: bpf_fill_super', killed: 2, of: 3 }],
  });
});

it('a proof is a row of the Markdown file; the JSON file has all of it', () => {
  expect(proofMarkdown(session, [killed])).toContain(
    '| mount/uid-dropped |  | kernel/bpf/inode.c: bpf_fill_super | killed | bpffs/mount-owner: accepted.uid=1 |',
  );
  expect(proofDocument(session, [killed, unapplied])).toMatchObject({
    schema: 1,
    totals: { killed: 1, 'does not apply': 1 },
    unedited: { 'token/lsm-free': { verdict: 'SKIP' } },
    proofs: [{ id: 'mount/uid-dropped', kills: [kill, {}] }, { declaredAt: 'images/kernels/mutants/mount.ts:7' }],
  });
});
