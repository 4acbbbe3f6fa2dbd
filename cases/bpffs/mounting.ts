import {
  type Call,
  type ErrnoResult,
  eachOf,
  type Fd,
  type FileFacts,
  GuestBuffer,
  type GuestProcess,
  O,
  readStat,
  SEEK,
  STAT_LENGTH,
  syscall,
} from 'kconform';

/** The result of a mount with some options. */
export interface Mounted {
  readonly errno: ErrnoResult['errno'];
  /** What the kernel logged of bpf meanwhile; null for nothing. */
  readonly message: string | null;
  /** The options that bpffs shows in /proc/self/mounts, without `rw,relatime`; null where nothing was mounted. */
  readonly shown: string | null;
  /** The root directory; null where nothing was mounted. */
  readonly root: FileFacts | null;
}

const RECORD = 512;
const MOUNTS = 4096;

/** Of each mount, in the order of its calls. */
const CALLS = 6;
/** As many mounts as one batch has room for: 256 calls. */
const AT_ONCE = 40;

/**
 * Mounts a bpffs on /mnt with each of the option strings, looks at it and unmounts it. The kernel's messages are read from
 * /dev/kmsg in between, so that each belongs to its mount.
 */
export async function mountEach<K extends string>(process: GuestProcess, options: readonly K[]) {
  const kmsg = (await process.open('/dev/kmsg', O.NONBLOCK)).fd;
  const table = (await process.open('/proc/self/mounts')).fd;
  const mounted: Mounted[] = [];
  for (let from = 0; from < options.length; from += AT_ONCE) {
    const tries = options.slice(from, from + AT_ONCE).map((data) => mountOnce(kmsg, table, data));
    const { calls, contents } = await process.batch(tries.flatMap((one) => one.calls));
    const results = calls.map(({ last }) => last);
    mounted.push(...tries.map((one, index) => one.read(results.slice(index * CALLS), contents)));
  }
  return eachOf(options, (_, index) => {
    const one = mounted[index];
    if (one === undefined) throw new TypeError('each mount has a result');
    return one;
  });
}

/** The calls of one mount, and how to read what they returned. */
function mountOnce(kmsg: Fd, table: Fd, data: string) {
  const record = new GuestBuffer(Buffer.alloc(RECORD), true);
  const mounts = new GuestBuffer(Buffer.alloc(MOUNTS), true);
  const stat = new GuestBuffer(Buffer.alloc(STAT_LENGTH), true);
  const calls: readonly Call[] = [
    syscall('lseek', kmsg, 0, SEEK.END),
    syscall('mount', 'bpffs', '/mnt', 'bpf', 0, data),
    syscall('read', kmsg, record, RECORD),
    syscall('pread64', table, mounts, MOUNTS, 0),
    syscall('stat', '/mnt', stat),
    syscall('umount2', '/mnt', 0),
  ];
  const read = (results: readonly ErrnoResult[], contents: ReadonlyMap<GuestBuffer, Buffer>): Mounted => {
    const [, mount, log] = results;
    const text = (buffer: GuestBuffer) => contents.get(buffer)?.toString('latin1') ?? '';
    const errno = mount?.errno ?? null;
    const message = log?.errno === null ? messageIn(text(record).slice(0, log.value)) : null;
    if (errno !== null) return { errno, message, shown: null, root: null };
    const facts = contents.get(stat);
    return { errno, message, shown: shownIn(text(mounts)), root: facts ? readStat(facts) : null };
  };
  return { calls, read };
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
