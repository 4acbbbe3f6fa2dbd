/** inotify(7) and fanotify(7), as cases import them under the name `notify`. */
import { Struct } from './struct.ts';

/** An event of inotify; a name of `len` bytes follows (linux/inotify.h). */
export const INOTIFY_EVENT = new Struct('struct inotify_event', 'linux/inotify.h', 16, {
  wd: ['s32', 0],
  mask: ['u32', 4],
  cookie: ['u32', 8],
  len: ['u32', 12],
});

/** Events of inotify (linux/inotify.h), without IN_. */
export const IN = {
  ACCESS: 1,
  MODIFY: 2,
  ATTRIB: 4,
  CLOSE_WRITE: 8,
  CLOSE_NOWRITE: 0x10,
  OPEN: 0x20,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  NONBLOCK: 0o4000,
} as const;

/** An event of fanotify; information records follow (linux/fanotify.h). */
export const FANOTIFY_EVENT = new Struct('struct fanotify_event_metadata', 'linux/fanotify.h', 24, {
  event_len: ['u32', 0],
  vers: ['u8', 4],
  metadata_len: ['u16', 6],
  mask: ['u64', 8],
  fd: ['s32', 16],
  pid: ['s32', 20],
});

/** Events and flags of fanotify_init(2) and fanotify_mark(2) (linux/fanotify.h), without FAN_. */
export const FAN = {
  ACCESS: 1,
  MODIFY: 2,
  ATTRIB: 4,
  CLOSE_WRITE: 8,
  OPEN: 0x20,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  OPEN_PERM: 0x10000,
  ACCESS_PERM: 0x20000,
  RENAME: 0x10000000,
  ONDIR: 0x40000000,
  EVENT_ON_CHILD: 0x08000000,
  CLOEXEC: 1,
  NONBLOCK: 2,
  CLASS_NOTIF: 0,
  CLASS_CONTENT: 4,
  REPORT_FID: 0x200,
  REPORT_DIR_FID: 0x400,
  REPORT_NAME: 0x800,
  MARK_ADD: 1,
  MARK_MOUNT: 0x10,
  MARK_FILESYSTEM: 0x100,
} as const;

/** One event of inotify. */
export interface InotifyEvent {
  /** Bits of IN. */
  readonly mask: number;
  /** The name in the watched directory; empty for the watched file itself. */
  readonly name: string;
}

/** The events in what a descriptor of inotify gave. */
export function inotifyEvents(bytes: Buffer): InotifyEvent[] {
  const all: InotifyEvent[] = [];
  for (let at = 0; at + INOTIFY_EVENT.size <= bytes.length; ) {
    const { mask, len } = INOTIFY_EVENT.read(bytes, at);
    const name = bytes.toString('utf8', at + INOTIFY_EVENT.size, at + INOTIFY_EVENT.size + len);
    all.push({ mask, name: name.replace(/\0.*$/s, '') });
    at += INOTIFY_EVENT.size + len;
  }
  return all;
}
