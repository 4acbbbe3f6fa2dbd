import { expect } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { type Expectation, expectation, type KnownBug } from '../expectation.ts';
import { noReports, type Observed, type OracleReports, type Splat } from '../outcome.ts';
import { type Judgement, judge } from './judge.ts';

export const leak = (frame: string) => ({
  count: 1,
  bytes: 8,
  comm: 'agent',
  hex: [],
  backtrace: [`${frame}+0x1/0x2`],
});
const plain = { fingerprint: ['f'], at: 1.5, state: 'whole' } as const;
export const warning: Splat = {
  ...plain,
  kind: 'WARNING',
  title: 'WARNING: at kernel/bpf/inode.c f',
  text: ['WARNING: …'],
};
export const sleeping: Splat = {
  ...plain,
  kind: 'sleeping',
  title: 'BUG: sleeping function called',
  text: ['BUG: …'],
};
export const bug: KnownBug = {
  title: 'the uid is lost',
  fix: 'ee04cff9ed4d',
  fixedIn: ['6.12.54', '6.17.4', '6.18'],
  instead: { 'root.uid': 0 },
};
export const right = { root: { uid: 65534, gid: 1 }, gone: true };
export const wrongAsDeclared = { root: { uid: 0, gid: 1 }, gone: true };
/** A version without the fix of `bug`, and one with it. */
export const old = '6.12.43+deb13-cloud-amd64';
const fixed = '6.12.57+deb12-cloud-amd64';

/** What a case expects and what was observed; by default a right kernel with all fixes and quiet oracles. */
export interface Row {
  readonly fields?: Partial<Expectation>;
  readonly seen: Record<string, Observed> | undefined;
  readonly oracles?: Partial<OracleReports>;
  readonly version?: string;
  readonly config?: ReadonlyMap<string, string> | null;
  readonly error?: KconformError;
  readonly schedule?: number;
}

/** A title, what is judged, the verdict, and a part of its reason. */
export type VerdictRow = [title: string, row: Row, verdict: string, reason?: string];

export function judged({ fields, seen, oracles, version = fixed, config = new Map(), ...rest }: Row): Judgement {
  return judge({
    expectation: { ...expectation({ about: 'a', commit: 'b', outcome: right }), ...fields },
    outcome: { observations: seen, oracles: { ...noReports, ...oracles } },
    kernel: { version, config },
    ...rest,
  });
}

export function broken(blame: KconformError['blame'], message = 'it broke'): KconformError {
  return new KconformError(message, { code: 'KC_BUG', blame });
}

/** The verdict, its reason, and a blame that goes with it. */
export function expectVerdict(row: Row, verdict: string, reason = ''): void {
  const judgement = judged(row);
  expect(judgement).toMatchObject({ verdict });
  expect(judgement.reason ?? '').toContain(reason);
  const blamed = { FAIL: ['kernel'], ERROR: ['case', 'harness', 'host'] }[verdict] ?? [undefined];
  expect(blamed).toContain(judgement.blame);
}
