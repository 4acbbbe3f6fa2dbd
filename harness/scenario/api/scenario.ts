import type { Observations } from '../../expect/outcome.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Guest } from './guest.ts';
import { checkObservations } from './observations.ts';

/** What a scenario receives. */
export interface ScenarioContext {
  /** A guest that is used only for this scenario. */
  readonly guest: Guest;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** For scenarios in shell and C: receives their output while they run. */
  readonly onOutput?: (bytes: Buffer) => void;
  /** Receives messages for the author that are not errors: warnings of the C compiler. */
  readonly onNotice?: (text: string) => void;
}

/** What is done in the guest; resolves to the observations. Scenarios in TypeScript, shell and C all have this type. */
export interface Scenario<O extends object = Observations> {
  /** Marks the export of a file as a scenario. */
  readonly kind: 'scenario';
  /** The machine that comments of the scenario ask for. */
  readonly machine?: Machine;
  /** Runs the scenario in the guest. */
  run(context: ScenarioContext): Promise<O>;
  /**
   * Compiles the scenario, so that an error is found before a guest starts. Resolves to a description of the kernel headers;
   * to undefined if nothing had to be compiled.
   */
  compile?(): Promise<string | undefined>;
}

/**
 * `export default scenario(async ({ guest }) => ({ … }))`: each key of the result is an observation. When it runs, it throws
 * KC_OBSERVATION (case) if the result is not plain data.
 */
export function scenario<O extends object>(run: (context: ScenarioContext) => Promise<O>): Scenario<O> {
  return { kind: 'scenario', run: async (context) => checkObservations(await run(context)) };
}
