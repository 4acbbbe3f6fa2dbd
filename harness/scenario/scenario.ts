import type { Observed } from '../expect/outcome.ts';
import type { Guest } from './guest.ts';

export interface ScenarioContext {
  readonly guest: Guest;
  /** Raised when the run is interrupted. */
  readonly signal: AbortSignal;
}

type Observations = { readonly [name: string]: Observed };

/** What is done in the guest; resolves to what was observed. */
export interface Scenario<O extends object = Observations> {
  readonly kind: 'scenario';
  run(context: ScenarioContext): Promise<O>;
}

/** `export default scenario(async ({ guest }) => ({ … }))`: each key of the result is an observation. */
export function scenario<O extends object>(run: (context: ScenarioContext) => Promise<O>): Scenario<O> {
  return { kind: 'scenario', run };
}
