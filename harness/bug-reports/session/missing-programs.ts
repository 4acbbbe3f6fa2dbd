import { scenario } from '../../scenario/api/scenario.ts';
import type { ProgramScenario } from '../../scenario/forms/inputs.ts';

const MISSING = /^.*: (?:line \d+: \S+: (?:command )?not found|\S+: not found|.*applet not found)$/m;

/**
 * The same scenario, of somebody's script: where a program that it calls is missing in the guest, it says nothing about the kernel, however
 * it ends.
 */
export function withMissingPrograms(own: ProgramScenario): ProgramScenario {
  const run = scenario(async (context) => {
    const observed = await own.run(context);
    const output = 'output' in observed && typeof observed.output === 'string' ? observed.output : '';
    const missing = MISSING.exec(output)?.[0];
    if (missing === undefined) return observed;
    return { ...observed, status: 'broken', reason: `a program is missing in the guest: ${missing}` };
  });
  return { ...own, run: run.run };
}
