import { createHash } from 'node:crypto';
import type { Scenario } from '../api/scenario.ts';

/**
 * Everything on the host that a scenario consists of, as a hash; or why what it observes may be another thing the next time although
 * nothing has changed, as a phrase that can follow "because": its outcome is then not used again.
 */
export type ScenarioInputs = { readonly hash: string } | { readonly varies: string };

/** A scenario that is no TypeScript. */
export interface ProgramScenario extends Scenario {
  /** Reads them anew each time. Where it is missing nobody knows what the scenario consists of. */
  inputs?(): Promise<ScenarioInputs>;
}

/** Of scenarios that are stopped after a time: what they hit until then is left to chance. */
export const STOPPED: ScenarioInputs = { varies: 'it runs until it is stopped' };

export function hashInputs(parts: unknown): ScenarioInputs {
  return { hash: createHash('sha256').update(JSON.stringify(parts)).digest('hex') };
}
