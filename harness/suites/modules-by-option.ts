import { moduleOptions } from '../kernels/modules/options.ts';

/** Option (without CONFIG_) → the modules that it makes, for all options that can be modules. */
export async function modulesByOption(): Promise<ReadonlyMap<string, readonly string[]>> {
  const byOption = new Map<string, string[]>();
  for (const [module, options] of await moduleOptions()) {
    for (const option of options) byOption.set(option, [...(byOption.get(option) ?? []), module]);
  }
  return byOption;
}
