import type { Case } from '../run/discovery/cases.ts';
import type { ProofJudgement } from './judge-proof.ts';

/** Puts the cases first that killed most mutants of this session: a mutant by rule is decided by the first case that fails. */
export class CaseOrder {
  readonly #killed = new Map<string, number>();

  add({ kills }: Pick<ProofJudgement, 'kills'>): void {
    for (const name of new Set(kills.map((kill) => kill.case)))
      this.#killed.set(name, (this.#killed.get(name) ?? 0) + 1);
  }

  /** Cases that killed equally many keep their order. */
  of(cases: readonly Case[]): readonly Case[] {
    const count = ({ name }: Case) => this.#killed.get(name) ?? 0;
    return [...cases].sort((a, b) => count(b) - count(a));
  }
}
