/** mremap(2), memfd_create(2), seals and the PAGEMAP_SCAN ioctl, as cases import them under the name `memory`. */
import { ioctlNumber, Struct } from './struct.ts';

/** Flags of mremap(2) (linux/mman.h), without MREMAP_. */
export const MREMAP = { MAYMOVE: 1, FIXED: 2, DONTUNMAP: 4 } as const;

/** Flags of mmap(2) beyond those of MAP (linux/mman.h), without MAP_. */
export const MAP_TYPE = { SHARED_VALIDATE: 3, DROPPABLE: 8, FIXED_NOREPLACE: 0x100000, LOCKED: 0x2000 } as const;

/** Flags of memfd_create(2) (linux/memfd.h), without MFD_. */
export const MFD = { CLOEXEC: 1, ALLOW_SEALING: 2, HUGETLB: 4, NOEXEC_SEAL: 8, EXEC: 0x10 } as const;

/** Seals of fcntl(2) with F_ADD_SEALS (linux/fcntl.h), without F_SEAL_. */
export const SEAL = { SEAL: 1, SHRINK: 2, GROW: 4, WRITE: 8, FUTURE_WRITE: 0x10, EXEC: 0x20 } as const;

/** Commands of fcntl(2) for seals and pipes (linux/fcntl.h), without F_. */
export const F = { ADD_SEALS: 1033, GET_SEALS: 1034, SETPIPE_SZ: 1031, SET_RW_HINT: 1036 } as const;

/** The argument of PAGEMAP_SCAN (linux/fs.h). */
export const PM_SCAN_ARG = new Struct('struct pm_scan_arg', 'linux/fs.h', 96, {
  size: ['u64', 0],
  flags: ['u64', 8],
  start: ['u64', 16],
  end: ['u64', 24],
  walk_end: ['u64', 32],
  vec: ['u64', 40],
  vec_len: ['u64', 48],
  max_pages: ['u64', 56],
  category_inverted: ['u64', 64],
  category_mask: ['u64', 72],
  category_anyof_mask: ['u64', 80],
  return_mask: ['u64', 88],
});

/** A range of pages that PAGEMAP_SCAN found (linux/fs.h). */
export const PAGE_REGION = new Struct('struct page_region', 'linux/fs.h', 24, {
  start: ['u64', 0],
  end: ['u64', 8],
  categories: ['u64', 16],
});

/** The ioctl of /proc/PID/pagemap (linux/fs.h). */
export const PAGEMAP_SCAN = ioctlNumber('both', 'f', 16, PM_SCAN_ARG.size);

/** Categories of pages (linux/fs.h), without PAGE_IS_. */
export const PAGE_IS = {
  WPALLOWED: 1,
  WRITTEN: 2,
  FILE: 4,
  PRESENT: 8,
  SWAPPED: 0x10,
  PFNZERO: 0x20,
  HUGE: 0x40,
  SOFT_DIRTY: 0x80,
} as const;

/** Flags of PAGEMAP_SCAN (linux/fs.h), without PM_SCAN_. */
export const PM_SCAN = { WP_MATCHING: 1, CHECK_WPASYNC: 2 } as const;
