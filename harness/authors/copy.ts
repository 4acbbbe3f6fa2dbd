import { pathToFileURL } from 'node:url';

let known: string | undefined;

/** Tells where the compiled copy of harness/ is that runs. @param url its folder, with a slash at its end */
export function useCopy(url: string): void {
  known = url;
}

/**
 * The folder of the compiled copy of harness/ (cli/compiled-copy.mjs), as a URL with a slash at its end. Processes for author
 * files run it. Under a TypeScript loader (tests, scripts of ci/) none is known yet, and one is made.
 */
export async function copyOfHarness(): Promise<string> {
  known ??= await makeCopy();
  return known;
}

async function makeCopy(): Promise<string> {
  const module: unknown = await import(new URL('../cli/compiled/compiled-copy.mjs', import.meta.url).href);
  if (typeof module === 'object' && module !== null && 'compiledCopy' in module) {
    const { compiledCopy } = module;
    const url: unknown = typeof compiledCopy === 'function' ? await compiledCopy() : undefined;
    if (typeof url === 'string') return url;
  }
  throw new TypeError(`${pathToFileURL('harness/cli/compiled/compiled-copy.mjs').href} does not export compiledCopy`);
}
