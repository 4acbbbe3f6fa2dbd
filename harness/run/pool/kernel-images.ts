import { asKconformError, type KconformError } from '../../errors/error.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { useKernel } from '../../kernels/use-kernel.ts';
import { once } from './once.ts';

/** The images of a run's kernels. Each is downloaded or found once, when it is needed first, and stays until the run ends. */
export class KernelImages {
  /** Gives the kernel, or why it is missing. Never rejects. */
  readonly obtain = once(
    (kernel: PlannedKernel): Promise<Kernel | KconformError> =>
      obtainInUse(kernel).catch((error) => asKconformError(error, 'host', 'KC_KERNEL')),
  );

  /**
   * The first of the kernels that can be obtained; undefined without kernels.
   * @throws why the first one is missing, if all are
   */
  async firstOf(kernels: readonly PlannedKernel[]): Promise<Kernel | undefined> {
    let failure: KconformError | undefined;
    for (const kernel of kernels) {
      const image = await this.obtain(kernel);
      if (!(image instanceof Error)) return image;
      failure ??= image;
    }
    if (failure !== undefined) throw failure;
    return undefined;
  }
}

/** Once more, if another run removed it before this one had marked it. */
async function obtainInUse(kernel: PlannedKernel): Promise<Kernel> {
  const image = await kernel.obtain();
  if (await useKernel(image)) return image;
  const again = await kernel.obtain();
  await useKernel(again);
  return again;
}
