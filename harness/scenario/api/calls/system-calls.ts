import type { GuestBuffer } from '../../agent/batch.ts';
import type { FdResult } from '../fd.ts';
import type { ErrnoResult } from '../result.ts';
import { MountCalls } from './mounts.ts';

/**
 * System calls with typed arguments, as the manual pages of section 2 have them. Each resolves to its value, or to -1 and the name
 * of its error; none throws for an errno. Each throws what `batch` throws. Paths and names are sent as UTF-8. Where a
 * result has a descriptor, `fd` throws KC_NO_FD (case) when the call failed, and `fdOrBad` goes on.
 */
export abstract class SystemCalls extends MountCalls {
  /** unshare(2) with flags of CLONE. */
  unshare(flags: number): Promise<ErrnoResult> {
    return this.syscall('unshare', flags);
  }

  /** setresuid(2); -1 does not change an id. */
  setresuid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresuid', real, effective, saved);
  }

  /** setresgid(2); -1 does not change an id. */
  setresgid(real: number, effective = real, saved = effective): Promise<ErrnoResult> {
    return this.syscall('setresgid', real, effective, saved);
  }

  /** setfsuid(2); the value is the previous id. It never fails. */
  setfsuid(uid: number): Promise<ErrnoResult> {
    return this.syscall('setfsuid', uid);
  }

  /** setfsgid(2); the value is the previous id. It never fails. */
  setfsgid(gid: number): Promise<ErrnoResult> {
    return this.syscall('setfsgid', gid);
  }

  /**
   * bpf(2) with an attribute of the builders and its whole length as the size (`bpf.call` takes another size). The result has
   * `fd` if the command creates one. To read data that the kernel writes into the attribute, use `batch` with `bpf.call`.
   */
  bpf(command: number, attribute: GuestBuffer): Promise<FdResult> {
    return this.opening('bpf', command, attribute, attribute.bytes.length);
  }
}
