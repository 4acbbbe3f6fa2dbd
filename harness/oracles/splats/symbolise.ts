import { existsSync } from 'node:fs';
import { execa } from 'execa';
import type { Splat } from '../../expect/outcome.ts';
import { framesOf } from './frames.ts';

/** An image with debug information, of the very kernel that printed the splats; why there is none, where it was asked for. */
export type Symbols = string | { readonly missing: string };

/**
 * The splats with file and line behind each frame of their stacks: ` htab_map_free+0x1f/0x2c0 (kernel/bpf/hashtab.c:1650)`.
 * Unchanged where the image tells nothing of a function, or where binutils are not installed.
 * What was asked for and is missing is said below each.
 */
export async function symbolise(splats: readonly Splat[], symbols: Symbols): Promise<Splat[]> {
  if (splats.length === 0) return [];
  if (typeof symbols === 'object') return withNote(splats, symbols.missing);
  if (!existsSync(symbols)) return withNote(splats, `${symbols} was removed`);
  return withLines(splats, symbols);
}

function withNote(splats: readonly Splat[], why: string): Splat[] {
  return splats.map((splat) => ({ ...splat, text: [...splat.text, `(no symbols: ${why})`] }));
}

async function withLines(splats: readonly Splat[], vmlinux: string): Promise<Splat[]> {
  const printed = [...new Set(splats.flatMap((splat) => framesOf(splat.text)).map((frame) => frame.printed))];
  if (printed.length === 0) return [...splats];
  const exact = new Set(
    splats
      .flatMap((splat) => framesOf(splat.text))
      .filter((f) => f.exact)
      .map((f) => f.printed),
  );
  const symbols = await addressesOf(vmlinux, printed.map(symbolOf));
  const asked = [ROOT_SYMBOL, ...printed].flatMap((frame) => {
    const base = symbols.get(symbolOf(frame));
    const offset = BigInt(/\+(0x[0-9a-f]+)\//.exec(frame)?.[1] ?? '0x0');
    // A return address belongs to the instruction behind the call.
    return base === undefined
      ? []
      : [{ frame, address: base + offset - (exact.has(frame) || offset === 0n ? 0n : 1n) }];
  });
  const lines = await linesOf(
    vmlinux,
    asked.map(({ address }) => address),
  );
  const root = lines[asked.findIndex(({ frame }) => frame === ROOT_SYMBOL)]?.replace(/init\/main\.c:\d+$/, '') ?? '';
  const places = new Map<string, string>();
  for (const [index, { frame }] of asked.entries()) {
    const line = lines[index];
    if (line !== undefined && !line.startsWith('??'))
      places.set(frame, line.startsWith(root) ? line.slice(root.length) : line);
  }
  const placed = (line: string) => {
    const frame = /([\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+)$/.exec(line)?.[1];
    const place = frame === undefined ? undefined : places.get(frame);
    return place === undefined ? line : `${line} (${place})`;
  };
  return splats.map((splat) => ({ ...splat, text: splat.text.map(placed) }));
}

/** Its file is known (init/main.c), which tells where the names of files begin in this image. */
const ROOT_SYMBOL = 'start_kernel';

function symbolOf(frame: string): string {
  return frame.replace(/\+0x.*$/, '');
}

async function addressesOf(vmlinux: string, names: readonly string[]): Promise<Map<string, bigint>> {
  const wanted = new Set([ROOT_SYMBOL, ...names]);
  const { stdout } = await execa('nm', [vmlinux], { reject: false, maxBuffer: 256 * 1024 * 1024 });
  const found = new Map<string, bigint>();
  const twice = new Set<string>();
  for (const line of String(stdout ?? '').split('\n')) {
    const [address = '', , name = ''] = line.split(' ');
    if (!wanted.has(name)) continue;
    if (found.has(name)) twice.add(name);
    found.set(name, BigInt(`0x${address}`));
  }
  // Static functions of one name: which of them it was cannot be told.
  for (const name of twice) found.delete(name);
  return found;
}

/** `FILE:LINE` for each address, `??:0` for those of which nothing is known (addr2line(1)). */
async function linesOf(vmlinux: string, addresses: readonly bigint[]): Promise<string[]> {
  const input = addresses.map((address) => address.toString(16)).join('\n');
  const { stdout } = await execa('addr2line', ['-e', vmlinux], { input, reject: false });
  return String(stdout ?? '')
    .split('\n')
    .map((line) => line.replace(/ \(discriminator \d+\)$/, ''));
}
