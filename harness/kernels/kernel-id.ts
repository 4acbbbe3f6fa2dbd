/** Which characters an id may have: it is also the name of a folder. */
export const KERNEL_ID = /^[A-Za-z0-9][A-Za-z0-9.+~_%@-]*$/;

/** Enough of a SHA-256 that no two kernels share it, and short enough to be read. */
const HASH_LENGTH = 12;
/** What uname(2) holds. */
const RELEASE_LENGTH = 64;

/**
 * The name of a kernel that no other kernel has, unlike its release (`uname -r`), which a rebuilt tree or another package can
 * share. It says where the kernel comes from: `6.12.118+deb13-cloud-amd64_6.12.118-1` for a package, whose bytes the
 * distribution has signed, or `6.12.118@1a2b3c4d5e6f`, with the start of the image's SHA-256, for a file or a build.
 */
export function kernelId(kernel: {
  readonly version: string;
  readonly package: string | null;
  readonly sha256: string;
}): string {
  return kernel.package === null ? imageId(kernel.version, kernel.sha256) : packageId(kernel.package);
}

/**
 * @param name `NAME=VERSION`, of a declared source `SOURCE:NAME=VERSION`; the id is that of the package's file without `linux-image-`,
 * which most of them begin with
 */
export function packageId(name: string): string {
  const [, source = '', own = name] = /^([a-z][a-z0-9-]*):(.*)$/s.exec(name) ?? [];
  const id = own.replace(/^linux-image-/, '').replace('=', '_');
  return fileSafe(source === '' ? id : `${source}_${id}`);
}

/** @param origin a hash of what the kernel is */
export function imageId(version: string, origin: string): string {
  return `${fileSafe(version.slice(0, RELEASE_LENGTH).replaceAll('@', '_'))}@${origin.slice(0, HASH_LENGTH)}`;
}

/** An epoch is written as in the file names of apt; a release may hold anything. */
function fileSafe(text: string): string {
  const safe = text.replaceAll(':', '%3a').replace(/[^A-Za-z0-9.+~_%@-]/g, '_');
  return KERNEL_ID.test(safe) ? safe : `x${safe}`;
}
