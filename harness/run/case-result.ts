import type { KconformError } from '../errors/error.ts';
import { BOOT } from '../expect/judge/boot.ts';
import { DEFAULT_MACHINE, isDefaultMachine } from '../machine/machine.ts';
import { quote } from '../scenario/api/guest.ts';
import type { Attempt } from './case/retry.ts';
import { type CaseRun, notRun } from './case/run-case.ts';
import type { Case } from './discovery/cases.ts';
import type { CaseResult, KernelIdentity } from './events.ts';
import type { GuestPackages } from './machine-parts.ts';

/** What a result says of the case that was run. */
export interface ResultOf {
  readonly kernel: KernelIdentity;
  readonly testCase: Pick<Case, 'name' | 'argument' | 'command' | 'machine'>;
  /** Debian packages in its guest. */
  readonly packages?: GuestPackages | undefined;
  /** See RunOptions. */
  readonly ownOptions: readonly string[];
}

/** The boot of a kernel as the subject of a result. */
export const BOOT_CASE: ResultOf['testCase'] = { name: BOOT, argument: BOOT, machine: DEFAULT_MACHINE };

/** Makes the result of a case that was run, with what it left. */
export function attemptOf(
  { kernel, testCase, packages, ownOptions }: ResultOf,
  { judgement, error, console, transcript }: CaseRun,
  durationMs: number,
): Attempt {
  const { verdict, blame, reason, fix, observations, oracles, skips } = judgement;
  const result: CaseResult = {
    kernel: identityOf(kernel),
    case: testCase.name,
    ...(isDefaultMachine(testCase.machine) ? {} : { machine: testCase.machine }),
    ...(packages === undefined ? {} : { packages }),
    verdict,
    durationMs,
    ...(blame === undefined ? {} : { blame }),
    ...(reason === undefined ? {} : { reason }),
    ...(fix === undefined ? {} : { fix }),
    observations,
    oracles,
    ...(skips === undefined ? {} : { skips }),
    ...(error === undefined ? {} : { evidence: error.evidence }),
    ...(error?.hint === undefined ? {} : { hint: error.hint }),
    rerun: `npx kconform ${testCase.command ?? 'run'} ${quote([testCase.argument, '--kernel', kernel.spec, ...ownOptions])}`,
  };
  return { result, console, transcript };
}

/** The result of a case that could not be started. */
export function attemptNotRun(subject: ResultOf, error: KconformError): Attempt {
  return attemptOf(subject, notRun(error), 0);
}

/** A plan has the hashes of files alone: that of a package may not be known yet, and is in the results. */
export function plannedIdentityOf(kernel: KernelIdentity): KernelIdentity {
  const { sha256: _, ...identity } = identityOf(kernel);
  return kernel.package === null ? identityOf(kernel) : identity;
}

export function identityOf({ id, spec, version, package: name, sha256 }: KernelIdentity): KernelIdentity {
  return { id, spec, version, package: name, ...(sha256 === undefined ? {} : { sha256 }) };
}
