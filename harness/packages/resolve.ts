import { storageError } from '../cache/folder.ts';
import { KconformError } from '../errors/error.ts';
import { didYouMean } from '../errors/nearest.ts';
import { apt } from '../kernels/debian/apt.ts';
import { type AptView, SUITE } from './suite.ts';

/** One package that is downloaded. */
export interface ResolvedPackage {
  readonly name: string;
  readonly version: string;
  /** The name of its file, as apt stores it. */
  readonly file: string;
  /** Bytes to download. */
  readonly size: number;
}

const NAME = /^[a-z0-9][a-z0-9+.-]+$/;

/**
 * The packages of these names and all that they depend on, without recommended ones.
 * @throws KC_NO_SUCH_PACKAGE (case), KC_PACKAGES (host), KC_NO_APT, KC_INTERRUPTED
 */
export async function resolvePackages(
  names: readonly string[],
  view: AptView,
  signal: AbortSignal | undefined,
): Promise<ResolvedPackage[]> {
  await refuseUnknown(names, view, signal);
  const result = await apt('apt-get', [...view.options, 'install', '-qq', '--print-uris', ...names], { signal });
  if (/No space left/.test(result.stderr))
    throw storageError(Object.assign(new Error(result.stderr), { code: 'ENOSPC' }), SUITE);
  if (result.exitCode !== 0) {
    throw new KconformError(`apt cannot resolve ${names.join(', ')} in Debian ${SUITE}: ${firstError(result.stderr)}`, {
      code: 'KC_PACKAGES',
      blame: 'host',
      hint: 'packages that conflict cannot be in the same guest; npx kconform packages --refresh NAME updates the package lists',
      evidence: { output: result.stderr },
    });
  }
  return parseUris(result.stdout);
}

/** Reads lines `'URI' NAME_VERSION_ARCHITECTURE.deb SIZE HASH` of apt-get --print-uris. */
export function parseUris(text: string): ResolvedPackage[] {
  return text.split('\n').flatMap((line) => {
    const [, file = '', size = ''] = /^'[^']+' (\S+\.deb) (\d+) /.exec(line) ?? [];
    const [name = '', version = ''] = decodeURIComponent(file).split('_');
    return file === '' ? [] : [{ name, version, file, size: Number(size) }];
  });
}

async function refuseUnknown(names: readonly string[], view: AptView, signal: AbortSignal | undefined): Promise<void> {
  const { stdout, stderr, exitCode } = await apt('apt-cache', [...view.options, 'pkgnames'], { signal });
  if (exitCode !== 0) {
    throw new KconformError(`apt-cache cannot list the packages of Debian ${SUITE}`, {
      code: 'KC_PACKAGES',
      blame: 'host',
      hint: 'npx kconform packages --refresh NAME downloads the package lists again',
      evidence: { output: stderr },
    });
  }
  const known = new Set(stdout.split('\n').filter((name) => name !== ''));
  for (const name of names) {
    if (NAME.test(name) && known.has(name)) continue;
    const providers = NAME.test(name) ? await providersOf(name, view, signal) : [];
    if (providers.length > 0)
      throw noSuchPackage(name, `it is a virtual package; choose one of ${providers.join(', ')}`);
    throw noSuchPackage(name, didYouMean(name, known) ?? 'packages are looked up by their exact name');
  }
}

function noSuchPackage(name: string, hint: string): KconformError {
  const message = `no package of Debian ${SUITE} is called "${name}"`;
  return new KconformError(message, { code: 'KC_NO_SUCH_PACKAGE', blame: 'case', hint });
}

/** Packages that provide a virtual one, as `apt-cache showpkg` lists them behind `Reverse Provides:`. */
async function providersOf(name: string, view: AptView, signal: AbortSignal | undefined): Promise<string[]> {
  const { stdout } = await apt('apt-cache', [...view.options, 'showpkg', name], { signal });
  const lines = (stdout.split('Reverse Provides:')[1] ?? '').split('\n');
  const providers = lines.map((line) => line.split(' ')[0] ?? '').filter((one) => one !== '');
  return [...new Set(providers)].sort().slice(0, 8);
}

function firstError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const unmet = lines.find((line) => /: (Depends|Conflicts|Breaks|PreDepends): /.test(line));
  return unmet ?? lines.find((line) => line.startsWith('E: '))?.slice(3) ?? 'it gives no reason';
}
