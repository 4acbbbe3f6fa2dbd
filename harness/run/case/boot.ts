import { createHash } from 'node:crypto';
import type { KconformError } from '../../errors/error.ts';
import { BOOTED, type BootDeclarations, judgeBoot } from '../../expect/judge/boot.ts';
import { noReports } from '../../expect/outcome.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import { readConfig } from '../../kernels/config.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { upstreamVersion } from '../../kernels/version.ts';
import { readBoots } from '../../oracles/boot.ts';
import type { Retry } from '../events.ts';
import type { CaseRun } from './run-case.ts';

/**
 * Judges the boot of a kernel, from what its boots left or from what kept them from their end.
 * @param boots at least one; or the error that ended the boot
 */
export async function runBoot(
  kernel: Kernel,
  boots: readonly BootRecord[] | KconformError,
  declared: BootDeclarations,
): Promise<CaseRun & { readonly durationMs: number; readonly retries: readonly Retry[] }> {
  const facts = { version: upstreamVersion(kernel), config: await readConfig(kernel) };
  const input = { declared, spec: kernel.spec, kernel: facts };
  if (boots instanceof Error) {
    const judgement = judgeBoot({ ...input, outcome: undefined, error: boots });
    return { judgement, error: boots, console: '', transcript: '', durationMs: 0, retries: [] };
  }
  const outcome = { observations: BOOTED, oracles: await readBoots(boots, kernel.symbols) };
  return {
    judgement: judgeBoot({ ...input, outcome }),
    error: undefined,
    console: boots.map(({ console }) => console).join('\n'),
    transcript: '',
    durationMs: boots[0]?.ms ?? 0,
    retries: boots.flatMap(({ failedBefore }) => (failedBefore === undefined ? [] : [failedBoot(failedBefore)])),
  };
}

/** A boot that failed before another one did not makes the result unstable: the cause may be the emulation, or the kernel. */
function failedBoot(reason: string): Retry {
  return {
    isolation: 'cold',
    verdict: 'FAIL',
    durationMs: 0,
    blame: 'kernel',
    reason,
    observations: [],
    oracles: noReports,
  };
}

/** A hash of what a boot is held to: with other declarations an earlier verdict says nothing. */
export function bootInputs(declared: BootDeclarations): string {
  return createHash('sha256').update(JSON.stringify(declared)).digest('hex');
}
