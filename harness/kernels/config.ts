import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Kernel } from './kernel.ts';

/** What surrounds the configuration in an image built with CONFIG_IKCONFIG (kernel/configs.c). */
const START = Buffer.from('IKCFG_ST');
const END = Buffer.from('IKCFG_ED');

const known = new Map<string, ReadonlyMap<string, string> | null>();

/**
 * The kernel's options (without CONFIG_) → value, from the file that was published beside it or from the image itself;
 * null when neither tells. An option that is not set is absent.
 */
export async function readConfig(kernel: Kernel): Promise<ReadonlyMap<string, string> | null> {
  const before = known.get(kernel.vmlinux);
  if (before !== undefined) return before;
  const text = await readConfigText(kernel);
  const config = text === undefined ? null : parseConfig(text);
  known.set(kernel.vmlinux, config);
  return config;
}

/** The kernel's configuration as a file has it (`CONFIG_X=y`), from where {@link readConfig} takes it; undefined when neither tells. */
export function readConfigText({ vmlinux }: Pick<Kernel, 'vmlinux'>): Promise<string | undefined> {
  return readFile(`${vmlinux}.config`, 'utf8').catch(async () => embeddedConfig(await readFile(vmlinux)));
}

export function parseConfig(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) {
    if (name !== undefined && value !== undefined) options.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return options;
}

/** The text of the configuration that an uncompressed image holds; undefined without CONFIG_IKCONFIG. */
export function embeddedConfig(image: Buffer): string | undefined {
  const start = image.indexOf(START);
  const end = image.indexOf(END, start);
  if (start < 0 || end < 0) return undefined;
  try {
    return gunzipSync(image.subarray(start + START.length, end)).toString('utf8');
  } catch {
    return undefined; // the marks stand there by chance
  }
}
