import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';

/** How the file begins that may hold a kernel's files. */
const FORMATS: readonly (readonly [format: Format, at: number, magic: string])[] = [
  ['deb', 0, '213c617263683e0a'], // !<arch>
  ['rpm', 0, 'edabeedb'],
  ['tar', 0, '28b52ffd'], // zstd
  ['tar', 0, '1f8b'], // gzip
  ['tar', 0, 'fd377a585a00'], // xz
  ['tar', 0, '425a68'], // bzip2
  ['tar', 257, '7573746172'], // ustar
];
type Format = 'deb' | 'rpm' | 'tar';

/** Whether a file is a package or an archive by its first bytes, and which; undefined for another file. */
export async function formatOf(path: string): Promise<Format | undefined> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(300);
    await file.read(head, 0, head.length, 0);
    const is = (at: number, magic: string) => head.toString('hex', at, at + magic.length / 2) === magic;
    return FORMATS.find(([, at, magic]) => is(at, magic))?.[0];
  } finally {
    await file.close();
  }
}

/** The packages in a folder, where it holds some. */
export async function packagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /\.(rpm|deb|pkg\.tar\.\w+)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** A kernel's image, configuration and modules, but none of a debug package. */
const WANTED = [
  ...['--include', '*boot/*', '--include', '*lib/modules/*'],
  ...['--exclude', '*usr/lib/debug/*', '--exclude', '*/build', '--exclude', '*/source'],
];

/**
 * Unpacks the files of a kernel.
 * @throws KC_KERNEL_PACKAGE when it is damaged, KC_TOOL_MISSING, and ENOSPC of the disk
 */
export async function unpackPackage(path: string, to: string, signal?: AbortSignal): Promise<void> {
  const cancel = signal === undefined ? {} : { cancelSignal: signal };
  const plain = { reject: false, env: { LC_ALL: 'C.UTF-8' }, ...cancel } as const;
  const target = ['-x', '-C', to, '--no-same-owner', '--no-same-permissions', ...WANTED];
  const isDeb = (await formatOf(path)) === 'deb';
  const outer = isDeb
    ? execa('bsdtar', ['-x', '-O', '-f', path, 'data.tar*'], {
        ...plain,
        buffer: { stdout: false },
        encoding: 'buffer',
      })
    : undefined;
  const result = outer
    ? await outer.pipe('bsdtar', [...target, '-f', '-'], plain)
    : await execa('bsdtar', [...target, '-f', path], plain);
  const first = outer === undefined ? undefined : await outer;
  if (signal?.aborted)
    throw new KconformError('interrupted while unpacking', { code: 'KC_INTERRUPTED', blame: 'host' });
  if (result.code === 'ENOENT' || first?.code === 'ENOENT') throw noBsdtar(path);
  const said = `${textOf(first?.stderr)}\n${textOf(result.stderr)}`;
  if (/No space left/.test(said)) throw Object.assign(new Error(said), { code: 'ENOSPC' });
  // That a pattern matches nothing is no fault: whether there is a kernel is looked at afterwards.
  const faults = said.split('\n').filter((line) => !/^$|Not found in archive|Error exit delayed/.test(line));
  if (faults.length === 0) return;
  throw packageError(basename(path), 'it is damaged or cut off', 'download or build it again', faults.join('\n'));
}

/** With `encoding: 'buffer'` execa gives bytes. */
function textOf(output: unknown): string {
  if (output instanceof Uint8Array) return Buffer.from(output).toString('utf8');
  return typeof output === 'string' ? output : '';
}

/** @param why what is wrong with it */
export function packageError(name: string, why: string, hint: string, output?: string): KconformError {
  return new KconformError(`cannot take a kernel from ${name}: ${why}`, {
    code: 'KC_KERNEL_PACKAGE',
    blame: 'host',
    hint,
    ...(output === undefined ? {} : { evidence: { output } }),
  });
}

function noBsdtar(path: string): KconformError {
  return new KconformError(`bsdtar not found: it is needed to unpack ${basename(path)}`, {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: 'apt-get install libarchive-tools (Fedora: bsdtar, Arch Linux: libarchive)',
  });
}
