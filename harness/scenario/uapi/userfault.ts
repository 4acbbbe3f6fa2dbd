/** userfaultfd(2), as cases import it under the name `userfault`. */
import { ioctlNumber, Struct } from './struct.ts';

/** UFFDIO_API (linux/userfaultfd.h). */
export const API = new Struct('struct uffdio_api', 'linux/userfaultfd.h', 24, {
  api: ['u64', 0],
  features: ['u64', 8],
  ioctls: ['u64', 16],
});

/** UFFDIO_REGISTER (linux/userfaultfd.h). */
export const REGISTER = new Struct('struct uffdio_register', 'linux/userfaultfd.h', 32, {
  'range.start': ['u64', 0],
  'range.len': ['u64', 8],
  mode: ['u64', 16],
  ioctls: ['u64', 24],
});

/** The version of the interface: `api` of API. */
export const VERSION = 0xaa;

/** Numbers of the ioctls (linux/userfaultfd.h), without UFFDIO_. */
export const UFFDIO = {
  API: ioctlNumber('both', 0xaa, 0x3f, API.size),
  REGISTER: ioctlNumber('both', 0xaa, 0x00, REGISTER.size),
  UNREGISTER: ioctlNumber('read', 0xaa, 0x01, 16),
} as const;

/** `mode` of REGISTER (linux/userfaultfd.h), without UFFDIO_REGISTER_MODE_. */
export const MODE = { MISSING: 1, WP: 2, MINOR: 4 } as const;
