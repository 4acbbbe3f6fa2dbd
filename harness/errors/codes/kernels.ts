import type { ErrorEntry } from './entry.ts';

/** Finding, downloading and building kernels. */
export const KERNELS = {
  KC_SEVERAL_FLAVOURS: {
    blame: ['host'],
    what: 'The spec means kernels of several flavours of an apt repository.',
    fix: 'Add a flavour to the spec, or `flavour` to the declaration of the repository.',
  },
  KC_MODULE_MISSING: {
    blame: ['host'],
    what: 'The machine needs a module that the kernel was built without. A case that asks for it is skipped.',
    fix: 'Choose a kernel that has the module.',
  },
  KC_MODULE_UNKNOWN: {
    blame: ['case'],
    what: 'No kernel has a module of this name, or the module has no such parameter.',
    fix: 'Correct the name; the hint has similar ones.',
  },
  KC_MODULE_UNUSABLE: {
    blame: ['host'],
    what: 'The kernel has the module, but its file is missing, damaged or of another kernel.',
    fix: 'Put the modules of this kernel where docs/kernels.md says.',
  },
  KC_BUILD: {
    blame: ['case', 'harness'],
    what: 'The kernel does not compile, or the built files changed after they were written (blame harness).',
    fix: 'Read the first compiler error in the message and the whole output in the log file that it names.',
  },
  KC_CONFIG_DROPPED: {
    blame: ['case'],
    what: 'The source does not accept a config option that the profile sets.',
    fix: 'Search for the option in `make menuconfig` and add the options that it depends on to the profile.',
  },
  KC_DOWNLOAD: {
    blame: ['host'],
    what: 'A package could not be downloaded.',
    fix: 'Check the network. `npx kconform kernels --refresh` updates the list of published kernels.',
  },
  KC_DOWNLOAD_CORRUPT: {
    blame: ['host'],
    what: 'A downloaded package is damaged: its checksum is wrong, or it cannot be unpacked.',
    fix: 'The file was removed. Run the command again.',
  },
  KC_EDIT: {
    blame: ['case'],
    what: 'An edit of the kernel source does not apply: the file or the text to find is missing, or the text is not unique.',
    fix: 'Make the text to find occur exactly once in the file.',
  },
  KC_KERNEL: {
    blame: ['host'],
    what: 'A kernel could not be made available, for a reason that has no code of its own.',
    fix: 'Read the message; `--debug` shows where the error was thrown.',
  },
  KC_KERNEL_PACKAGE: {
    blame: ['host'],
    what: 'The package or folder is damaged, contains no kernel image, or contains several kernels.',
    fix: 'Follow the hint: download it again, add the package with the image, or name one image by its path.',
  },
  KC_KERNEL_SOURCE: {
    blame: ['host'],
    what: 'An apt source that kconform.config.ts declares cannot be used, or no source has the name before the colon of a spec.',
    fix: 'Correct `kernels.sources` in kconform.config.ts. The repository must be signed, and `signedBy` must be its key.',
  },
  KC_KERNEL_UNFIT: {
    blame: ['host'],
    what: 'The kernel lacks config options that every guest needs.',
    fix: 'Build the kernel with the options that the message names.',
  },
  KC_MODULE_FILE: {
    blame: ['host'],
    what: 'The file of a kernel module was damaged, or changed while kconform used it.',
    fix: 'Run the command again. Where the modules are your own, build or unpack them again.',
  },
  KC_NOT_A_KERNEL: {
    blame: ['host'],
    what: 'The file is not an x86-64 kernel image that can be booted.',
    fix: 'Name a bzImage (`arch/x86/boot/bzImage`, `/boot/vmlinuz-…`) or a vmlinux.',
  },
  KC_NOT_BUILT: {
    blame: ['host'],
    what: 'The kernel would have to be built first.',
    fix: 'Run `npx kconform build` with the options in the hint, or run with `--build`.',
  },
  KC_NO_APT: {
    blame: ['host'],
    what: 'apt-get is not installed; it is needed to download published kernels.',
    fix: 'Install apt, or name a kernel by its path: `--kernel ./bzImage`.',
  },
  KC_NO_CHANGELOG: {
    blame: ['host'],
    what: 'The kernel has no changelog: it comes from a file, or its package contains none.',
    fix: 'Name a published kernel.',
  },
  KC_NO_PACKAGE_LISTS: {
    blame: ['host'],
    what: 'apt could not download the lists of published kernels.',
    fix: 'Check the network and `apt-get update`, or name a kernel by its path: `--kernel ./bzImage`.',
  },
  KC_NO_PVH_ENTRY: {
    blame: ['host'],
    what: 'The kernel has no PVH entry point, which QEMU needs to boot it directly.',
    fix: 'Build the kernel with CONFIG_PVH=y.',
  },
  KC_NO_SYMBOLS: {
    blame: ['host'],
    what: 'No debug information is published for the kernel. The run goes on without it.',
    fix: 'Choose a kernel whose `-dbg` package is published, or build it: `kconform build`.',
  },
  KC_NO_SUCH_KERNEL: {
    blame: ['host'],
    what: 'No kernel, or more than one, matches the name that was given.',
    fix: 'Choose one from `npx kconform kernels all`. A path names a file: `./bzImage`.',
  },
  KC_NO_SUCH_PROFILE: {
    blame: ['host'],
    what: 'No build profile has this name.',
    fix: 'Choose one of the profiles in the hint.',
  },
  KC_NO_SUCH_SOURCE: {
    blame: ['host'],
    what: 'The source of this version is not published.',
    fix: 'Choose one of the versions in the message, or build your own tree: `--tree FOLDER`.',
  },
  KC_NO_SUCH_TREE: {
    blame: ['host'],
    what: 'The folder is not the root of a kernel source tree.',
    fix: 'Name the folder with the Makefile that sets VERSION and PATCHLEVEL.',
  },
  KC_PATCH: {
    blame: ['host', 'case'],
    what: 'A patch cannot be read or does not apply to the source of the kernel, or it names files that it must not change.',
    fix: 'Follow the hint: the message names the patch, the file and the line.',
  },
  KC_SAME_KERNEL: {
    blame: ['case'],
    what: 'The patches of `kconform try` change no code of the kernel that was built, so nothing follows from a run.',
    fix: 'Choose a profile with which the files are built, or name your own configuration.',
  },
  KC_TREE_NOT_CLEAN: {
    blame: ['host'],
    what: 'The source tree was configured or built in place, so make refuses to build it in another folder.',
    fix: 'Use a separate folder (`git worktree add`), or run `make mrproper`, which removes .config and all objects.',
  },
} as const satisfies Record<string, ErrorEntry>;
