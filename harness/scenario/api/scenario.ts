import type { Observations } from '../../expect/outcome.ts';
import type { Guest } from './guest.ts';
import { checkObservations } from './observations.ts';

/** What a scenario is given. */
export interface ScenarioContext {
  /** A guest that nobody else uses, before or after. */
  readonly guest: Guest;
  /** Raised when the run is interrupted. */
  readonly signal: AbortSignal;
  /** For scenarios in shell and C: their output as it comes. */
  readonly onOutput?: (bytes: Buffer) => void;
  /** What the author should read although nothing failed: warnings of the C compiler. */
  readonly onNotice?: (text: string) => void;
}

/** What is done in the guest; resolves to what was observed. All three forms, TypeScript, shell and C, become one of these. */
export interface Scenario<O extends object = Observations> {
  /** Marks the export of a file as a scenario. */
  readonly kind: 'scenario';
  /** Does it in that guest. */
  run(context: ScenarioContext): Promise<O>;
  /** Compiles what must be compiled, so that a mistake there is found before a guest is started. Resolves to what it was compiled with. */
  compile?(): Promise<string>;
}

/**
 * `export default scenario(async ({ guest }) => ({ … }))`: each key of the result is an observation.
 * Run, it throws KC_OBSERVATION (case) when something in the result is no plain data.
 */
export function scenario<O extends object>(run: (context: ScenarioContext) => Promise<O>): Scenario<O> {
  return { kind: 'scenario', run: async (context) => checkObservations(await run(context)) };
}
