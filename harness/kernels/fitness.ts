import { basename } from 'node:path';
import { KconformError } from '../errors/error.ts';
import { readConfig } from './config.ts';
import type { Kernel } from './kernel.ts';
import { unfitOptions } from './modules/drivers.ts';

/**
 * The kernel, unless its configuration says that our guests cannot run on it: what such a guest dies of is no fault of the
 * kernel. One that does not tell its configuration is tried.
 * @throws KC_KERNEL_UNFIT with the options
 */
export async function fitKernel(kernel: Kernel): Promise<Kernel> {
  const config = await readConfig(kernel);
  if (config === null) return kernel;
  const options = unfitOptions(
    config,
    (kernel.modules ?? []).map((path) => basename(path, '.ko')),
  );
  if (options.length === 0) return kernel;
  throw new KconformError(`kconform's guests cannot run on ${kernel.version}: it has ${options.join(', ')}`, {
    code: 'KC_KERNEL_UNFIT',
    blame: 'host',
    hint: `build it with ${options.map((option) => option.replace(/=.*/, '=y')).join(' ')}`,
  });
}
