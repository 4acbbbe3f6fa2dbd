import { type Call, type FileFacts, GuestBuffer, type GuestProcess, readStat, STAT_LENGTH } from 'kconform';
import { byName, type Failure, run, sys } from '../calls.ts';

/** What a mount with some options came to. */
export interface Mounted {
  readonly errno: Failure;
  /** What the kernel logged of bpf meanwhile; null for nothing. */
  readonly message: string | null;
  /** The options that bpffs shows in /proc/self/mounts, without `rw,relatime`; null where nothing was mounted. */
  readonly shown: string | null;
  /** The root directory; null where nothing was mounted. */
  readonly root: FileFacts | null;
}

const O_NONBLOCK = 0o4000;
const SEEK_END = 2;
const RECORD = 512;
const MOUNTS = 4096;

/**
 * Mounts a bpffs on /mnt with each of the option strings in turn, looks at it and takes it away again. The kernel's messages
 * are read from /dev/kmsg in between, so that each belongs to its mount.
 */
export async function mountEach<K extends string>(process: GuestProcess, options: readonly K[]) {
  const kmsg = await process.open('/dev/kmsg', O_NONBLOCK);
  const log = kmsg.fd;
  const table = await process.open('/proc/self/mounts');
  const rows = options.map((data) => {
    const record = new GuestBuffer(Buffer.alloc(RECORD), true);
    const mounts = new GuestBuffer(Buffer.alloc(MOUNTS), true);
    const stat = new GuestBuffer(Buffer.alloc(STAT_LENGTH), true);
    const calls: readonly Call[] = [
      sys('lseek', log, 0, SEEK_END),
      sys('mount', 'bpffs', '/mnt', 'bpf', 0, data),
      sys('read', log, record, RECORD),
      sys('pread64', table.fd, mounts, MOUNTS, 0),
      sys('stat', '/mnt', stat),
      sys('umount2', '/mnt', 0),
    ];
    return { record, mounts, stat, calls };
  });
  const { results, contents } = await run(
    process,
    rows.flatMap((row) => row.calls),
  );
  return byName(options, (_, index): Mounted => {
    const row = rows[index];
    const [, mount, read] = results.slice(index * 6);
    const text = (buffer: GuestBuffer | undefined) => (buffer && contents.get(buffer)?.toString('latin1')) ?? '';
    const errno = mount?.errno ?? null;
    const message = read?.errno === null ? messageIn(text(row?.record).slice(0, read.value)) : null;
    if (errno !== null) return { errno, message, shown: null, root: null };
    const stat = row && contents.get(row.stat);
    return { errno, message, shown: shownIn(text(row?.mounts)), root: stat ? readStat(stat) : null };
  });
}

/** The message in a record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg), if it is one about bpf. */
function messageIn(record: string): string | null {
  return /;(bpf: .*)/.exec(record)?.[1] ?? null;
}

/** What the newest mount on /mnt shows beyond `rw,relatime`, in the text of /proc/self/mounts. */
function shownIn(mounts: string): string | null {
  const fields = mounts.split('\n').map((line) => line.split(' '));
  const options = fields.findLast(([, place]) => place === '/mnt')?.[3];
  return options?.replace(/^rw,relatime,?/, '') ?? null;
}

/** One line about a mount: the options shown, or the error with the kernel's message. */
export function inALine({ errno, message, shown }: Mounted): string {
  if (errno === null) return message === null ? (shown ?? 'not mounted') : `${shown} (${message})`;
  return message === null ? errno : `${errno}, ${message}`;
}
