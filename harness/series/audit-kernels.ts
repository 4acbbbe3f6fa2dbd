/** The audits of several kernels, and what they come to. */
import type { Expectation } from '../expect/expectation.ts';
import type { KernelIdentity } from '../run/events.ts';
import type { Judged } from '../run/results/results-file.ts';
import { type Audited, audit } from './audit.ts';
import { kernelsOf } from './kernels.ts';
import { toldOf } from './shown.ts';

/** A case that says nothing about the kernel: it could not be loaded, or it is an ERROR. */
export interface Failed {
  readonly case: string;
  readonly why: string;
}

export interface KernelAudit {
  readonly kernel: KernelIdentity;
  readonly commits: readonly Audited[];
  readonly failed: readonly Failed[];
}

/** CVE number → the commits that it leads to. */
export type Asked = ReadonlyMap<string, ReadonlySet<string>>;

export interface AuditedCases {
  readonly expectations: ReadonlyMap<string, Expectation>;
  /** Cases that could not be loaded. */
  readonly unloaded: readonly Failed[];
  /** Without it, all commits. */
  readonly asked?: Asked;
  /** See audit. */
  readonly isEdited?: (result: Judged) => boolean;
}

/** @param planned kernels that should have been judged; they may have no result */
export function auditKernels(
  results: readonly Judged[],
  planned: readonly KernelIdentity[],
  { expectations, unloaded, asked, isEdited }: AuditedCases,
): KernelAudit[] {
  const wanted = asked && new Set([...asked.values()].flatMap((commits) => [...commits]));
  return kernelsOf([...planned.map((kernel) => ({ kernel })), ...results]).map((kernel) => {
    const own = results.filter((one) => one.kernel.id === kernel.id);
    const commits = audit(own, expectations, isEdited).filter(({ commit }) => wanted?.has(commit) ?? true);
    const latest = new Map(own.map((one) => [one.case, one]));
    const broken = [...latest.values()].filter((one) => one.verdict === 'ERROR' && expectations.has(one.case));
    return { kernel, commits, failed: [...unloaded, ...broken.map((one) => ({ case: one.case, why: toldOf(one) }))] };
  });
}

/**
 * 2 where the answer is not whole: a kernel of which nothing is known, a case that failed, or a CVE number that is undetermined on one of
 * the kernels; else 1 where a fix is missing; else 0.
 */
export function auditExitCode(audits: readonly KernelAudit[], asked: Asked = new Map()): 0 | 1 | 2 {
  if (audits.length === 0 || audits.some((one) => isOpen(one, asked))) return 2;
  return audits.some(({ commits }) => commits.some(({ state }) => state === 'lacks')) ? 1 : 0;
}

function isOpen({ commits, failed }: KernelAudit, asked: Asked): boolean {
  if (failed.length > 0 || commits.every(({ state }) => state === 'unknown')) return true;
  return [...asked.values()].some((wanted) => {
    const states = commits.filter(({ commit }) => wanted.has(commit)).map(({ state }) => state);
    return !states.includes('lacks') && (states.length === 0 || states.includes('unknown'));
  });
}
