import { fileURLToPath } from 'node:url';
import { type FoundConfiguration, findConfiguration } from '../run/discovery/configuration-file.ts';

/** The newest published kernel of the series that kconform's own cases are written for. */
const KERNEL = '6.12';

/** What holds where a command's own options say nothing: kconform.config.ts, else kconform's own. */
export interface Defaults extends Omit<FoundConfiguration, 'cases' | 'kernels'> {
  /** Absolute. */
  readonly cases: string;
  readonly kernels: readonly string[];
}

/** @throws KC_CONFIGURATION (host) */
export async function findDefaults(): Promise<Defaults> {
  const own = fileURLToPath(new URL('../../cases', import.meta.url));
  const { cases = own, kernels = [KERNEL], ...rest } = await findConfiguration(process.cwd());
  return { ...rest, cases, kernels };
}

/** The kernel of a command that wants one. */
export async function oneKernel(asked: string | undefined): Promise<string> {
  return asked ?? (await findDefaults()).kernels[0] ?? KERNEL;
}
