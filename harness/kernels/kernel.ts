/** One bootable image, with where it came from. */
export interface Kernel {
  /** What results are kept under: see kernelId. */
  readonly id: string;
  /** What the user asked for: `6.12.57`, `6.12`, `/boot/vmlinuz`. */
  readonly spec: string;
  /** The release as `uname -r` prints it (`6.12.57+deb12-cloud-amd64`), read from the image itself. */
  readonly version: string;
  /** `NAME=VERSION` of the distribution package, `SOURCE:NAME=VERSION` of a declared source's, or null for a file. */
  readonly package: string | null;
  /** The uncompressed ELF image (with a PVH entry), ready for QEMU's -kernel. */
  readonly vmlinux: string;
  /** SHA-256 of the vmlinux file, hexadecimal. */
  readonly sha256: string;
  /** Modules that a guest must load before it has ports, in this order; absent where all is built in. */
  readonly modules?: readonly string[];
  /** Folder with all modules of a file or a build, where there is one; those of a package are fetched when one is asked for. */
  readonly moduleFolder?: string;
  /** An image of the same kernel with debug information, where there is one; why there is none, where it was asked for. */
  readonly symbols?: string | { readonly missing: string };
  /** The kernel's own module that leaks (samples/kmemleak), built for it: what the leak oracle is tried with. */
  readonly leakModule?: string;
  /** What a guest needs, where it is more than usual. */
  readonly machine?: { readonly memoryMiB: number; readonly cpus: number };
}
