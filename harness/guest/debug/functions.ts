import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import type { DebugTarget } from './target.ts';

/**
 * Where functions of the kernel are, hexadecimal: in its image with symbols, else in the running kernel (/proc/kallsyms). Both agree, as
 * QEMU loads the image where it is linked: KASLR moves only what a bzImage unpacks (arch/x86/boot/compressed/kaslr.c).
 * @param symbols an image of the kernel with symbols, if there is one
 * @throws KC_NO_SYMBOLS (host) where there is none, and the running kernel cannot be asked
 */
export async function addressesOf(
  names: readonly string[],
  symbols: string | undefined,
  { agent }: DebugTarget,
): Promise<Map<string, string>> {
  const own = symbols === undefined ? new Map<string, string>() : inTable(await symbolTable(symbols), names);
  if (own.size > 0) return own;
  if (agent === undefined && symbols === undefined) throw withoutSymbols(names);
  if (agent === undefined) return own;
  const pattern = names.map((name) => name.replaceAll(/[^\w.]/g, '')).join('|');
  const { stdout } = await agent.exec(`grep -E ' [tTwW] (${pattern})$' /proc/kallsyms`, { limitMs: 120_000 });
  return inTable(stdout.toString('latin1'), names);
}

async function symbolTable(image: string): Promise<string> {
  const { stdout } = await execa('nm', [image], { reject: false, maxBuffer: 100_000_000 });
  return String(stdout ?? ''); // without binutils, or of an image without a table, the guest is asked
}

/** Lines of nm(1) and /proc/kallsyms: `ffffffff81c77f00 T panic`. */
function inTable(text: string, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, address = '', name = ''] of text.matchAll(/^([0-9a-f]{16}) [tTwW] (\S+)$/gm))
    if (names.includes(name) && !/^0+$/.test(address)) found.set(name, address);
  return found;
}

function withoutSymbols(names: readonly string[]): KconformError {
  return new KconformError(`the address of ${names.join(', ')} is unknown: there are no symbols of this kernel`, {
    code: 'KC_NO_SYMBOLS',
    blame: 'host',
    hint: 'a guest with a schedule cannot be asked: use a kernel whose -dbg package is published, or a build of your own',
  });
}

/** @throws KC_NO_SUCH_FUNCTION */
export function noSuchFunction(name: string, version: string): KconformError {
  return new KconformError(`${version} has no function ${name}`, {
    code: 'KC_NO_SUCH_FUNCTION',
    blame: 'host',
    hint: 'it may be inlined, of a module that is not loaded, or named otherwise: npx kconform shell -- grep NAME /proc/kallsyms',
  });
}
