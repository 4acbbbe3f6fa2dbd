import { GuestBuffer } from '../../agent/batch.ts';
import { AT, FSCONFIG, FSPICK, MOVE_MOUNT } from '../constants.ts';
import { type Descriptor, descriptorNumber, type FdResult } from '../fd.ts';
import type { ErrnoResult } from '../result.ts';
import { FileCalls } from './files.ts';

/** Attributes for mount_setattr(2). */
export interface MountAttributes {
  /** Bits of MOUNT_ATTR to set. */
  readonly set?: number;
  /** Bits of MOUNT_ATTR to clear. */
  readonly clear?: number;
  /** One of MS.SHARED, MS.SLAVE, MS.PRIVATE and MS.UNBINDABLE; default: unchanged. */
  readonly propagation?: number;
  /** The user namespace whose maps MOUNT_ATTR.IDMAP takes. */
  readonly userns?: Descriptor;
}

/** System calls for mounts, of either interface: mount(2), and fsopen(2) with what follows it. */
export abstract class MountCalls extends FileCalls {
  /** mount(2) with flags of MS; `data` are the options that the file system reads. */
  mount(source: string, target: string, type: string, flags = 0, data: string | null = null): Promise<ErrnoResult> {
    return this.syscall('mount', source, target, type, flags, data);
  }

  /** umount2(2) with flags of MNT. */
  umount(target: string, flags = 0): Promise<ErrnoResult> {
    return this.syscall('umount2', target, flags);
  }

  /** fsopen(2): a context for a new file system of that type, for the fsconfig calls (linux/mount.h, FSOPEN). */
  fsopen(type: string, flags = 0): Promise<FdResult> {
    return this.opening('fsopen', type, flags);
  }

  /** fsconfig(2), FSCONFIG_SET_FLAG: an option without a value. */
  fsconfigFlag(fd: Descriptor, key: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.SET_FLAG, key, null, 0);
  }

  /** fsconfig(2), FSCONFIG_SET_STRING: an option with text. */
  fsconfigString(fd: Descriptor, key: string, value: string): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.SET_STRING, key, value, 0);
  }

  /** fsconfig(2), FSCONFIG_SET_BINARY: an option with bytes; the kernel takes at most 1 MiB. */
  fsconfigBinary(fd: Descriptor, key: string, value: Buffer): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.SET_BINARY, key, new GuestBuffer(value), value.length);
  }

  /** fsconfig(2), FSCONFIG_SET_PATH: an option with a path; a relative path begins at the directory. */
  fsconfigPath(fd: Descriptor, key: string, path: string, directory: Descriptor = AT.FDCWD): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.SET_PATH, key, path, directory);
  }

  /** fsconfig(2), FSCONFIG_SET_FD: an option with an open file. */
  fsconfigFd(fd: Descriptor, key: string, value: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.SET_FD, key, null, value);
  }

  /** fsconfig(2), FSCONFIG_CMD_CREATE: creates the file system, or finds an existing one. */
  fsconfigCreate(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.CMD_CREATE, null, null, 0);
  }

  /** fsconfig(2), FSCONFIG_CMD_RECONFIGURE: applies the options to an existing file system; see fspick. */
  fsconfigReconfigure(fd: Descriptor): Promise<ErrnoResult> {
    return this.syscall('fsconfig', fd, FSCONFIG.CMD_RECONFIGURE, null, null, 0);
  }

  /**
   * fsmount(2): a detached mount of the file system of `fsconfigCreate`; flags 1 (FSMOUNT_CLOEXEC), attributes of MOUNT_ATTR
   * (linux/mount.h).
   */
  fsmount(fd: Descriptor, flags = 0, attributes = 0): Promise<FdResult> {
    return this.opening('fsmount', fd, flags, attributes);
  }

  /**
   * fspick(2): a context for a mounted file system, for the fsconfig calls; with an empty path, for the mount of the descriptor.
   * Flags of FSPICK (linux/mount.h).
   */
  fspick(directory: Descriptor, path = '', flags: number = FSPICK.EMPTY_PATH): Promise<FdResult> {
    return this.opening('fspick', directory, path, flags);
  }

  /** move_mount(2) of the mount of a descriptor of fsmount; flags of MOVE_MOUNT (linux/mount.h). */
  moveMount(from: Descriptor, target: string, flags: number = MOVE_MOUNT.F_EMPTY_PATH): Promise<ErrnoResult> {
    return this.syscall('move_mount', from, '', AT.FDCWD, target, flags);
  }

  /** mount_setattr(2) with struct mount_attr (linux/mount.h); flags are AT.EMPTY_PATH, AT.RECURSIVE and others. */
  mountSetattr(directory: Descriptor, path: string, attributes: MountAttributes, flags = 0): Promise<ErrnoResult> {
    const bytes = Buffer.alloc(32);
    bytes.writeBigUInt64LE(BigInt(attributes.set ?? 0), 0);
    bytes.writeBigUInt64LE(BigInt(attributes.clear ?? 0), 8);
    bytes.writeBigUInt64LE(BigInt(attributes.propagation ?? 0), 16);
    if (attributes.userns !== undefined) bytes.writeBigInt64LE(BigInt(descriptorNumber(attributes.userns)), 24);
    return this.syscall('mount_setattr', directory, path, flags, new GuestBuffer(bytes), bytes.length);
  }
}
