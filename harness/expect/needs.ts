import { KconformError } from '../errors/error.ts';
import { compareVersions, hasChange } from '../kernels/version.ts';
import type { Expectation, Needs } from './expectation.ts';
import { isBuiltIn, type KernelFacts, resolve } from './resolve.ts';

/** What only the running guest can tell. */
export interface GuestFacts {
  hasFile(path: string): boolean | Promise<boolean>;
  hasFeature(name: string): boolean | Promise<boolean>;
}

type Needing = Pick<Expectation, 'needs' | 'versions' | 'outcome'>;

/** Why the case does not apply to the kernel, from its version and config alone; undefined when it does. */
export function unmetByKernel(expectation: Needing, kernel: KernelFacts): string | undefined {
  const { versions, needs } = expectation;
  if (versions !== undefined && hasChange(kernel.version, versions) !== 'has')
    return unreached(versions, kernel.version);
  for (const option of needs?.config ?? []) {
    const builtIn = isBuiltIn(kernel, option);
    if (builtIn === undefined) return `needs CONFIG_${option}, and the config of this kernel is unknown`;
    if (!builtIn) return `needs CONFIG_${option} built in`;
  }
  for (const option of needs?.withoutConfig ?? []) {
    if (isBuiltIn(kernel, option)) return `needs a kernel without CONFIG_${option}`;
  }
  return kernel.config === null ? unknownConfig(expectation.outcome, kernel) : undefined;
}

function unreached(versions: readonly string[], version: string): string {
  const needed = `needs ${versions.join(', ')}`;
  const isOlder = versions.some((first) => compareVersions(version, first) < 0);
  return isOlder
    ? `${needed} or later; this is ${version}`
    : `${needed}, which says nothing about the branch of ${version}`;
}

/** Why nobody can say what is expected: it depends on the config, which the kernel does not tell. */
function unknownConfig(outcome: object, kernel: KernelFacts): string | undefined {
  try {
    resolve(outcome, kernel);
    return undefined;
  } catch (error) {
    if (error instanceof KconformError && error.code === 'KC_CONFIG_UNKNOWN') return error.message;
    return undefined; // told with its blame when the case is judged
  }
}

/** Why the case does not apply, from the files and features of the running guest; undefined when it does. */
export async function unmetInGuest(needs: Needs, guest: GuestFacts): Promise<string | undefined> {
  for (const path of needs.files ?? []) if (!(await guest.hasFile(path))) return `needs the file ${path}`;
  for (const name of needs.features ?? []) if (!(await guest.hasFeature(name))) return `needs ${name}`;
  return undefined;
}
