import {
  AT,
  bpf,
  type Call,
  eachInTurn,
  GuestBuffer,
  type GuestProcess,
  MS,
  STAT_LENGTH,
  scenario,
  syscall,
} from 'kconform';
import { get, newMap, pin } from '../objects.ts';

/** Where struct stat of x86-64 has st_atim, st_mtim and st_ctim (asm/stat.h). */
const STAMPED_AT = { access: 72, modification: 88, change: 104 } as const;
const LONG_AGO = 1_000_000n;
/** Later than any guest's clock, yet less than 2^32. */
const FAR_OFF = 4_000_000_000n;

/** Sets the access and modification time of a file, as one of several calls. */
function setTimes(path: string, access: bigint, modification: bigint): Call {
  const times = Buffer.alloc(32);
  times.writeBigInt64LE(access, 0);
  times.writeBigInt64LE(modification, 16);
  return syscall('utimensat', AT.FDCWD, path, new GuestBuffer(times), 0);
}

/** Times of a file in nanoseconds, after calls of which the last may fail. */
async function timesAfter(process: GuestProcess, path: string, ...calls: readonly Call[]) {
  const stat = new GuestBuffer(Buffer.alloc(STAT_LENGTH), true);
  const { calls: made, contents } = await process.batch([...calls, syscall('stat', path, stat)]);
  const bytes = contents.get(stat) ?? Buffer.alloc(STAT_LENGTH);
  const time = (at: number) => bytes.readBigInt64LE(at) * 1_000_000_000n + bytes.readBigInt64LE(at + 8);
  const errno = made.find(({ last }) => last.errno !== null)?.last.errno ?? null;
  return {
    errno,
    access: time(STAMPED_AT.access),
    modification: time(STAMPED_AT.modification),
    change: time(STAMPED_AT.change),
  };
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d`;
  const map = await newMap(root);
  await root.errnos({ pin: pin('/mnt/pin', map), readable: syscall('chmod', '/mnt/pin', 0o644) });

  /** What getting the map does to the access time that its file had. */
  const accessTimeAfterGet = async (before: bigint, options: number) => {
    const remount = syscall('mount', 'bpffs', '/mnt', 'bpf', MS.REMOUNT | options, null);
    const calls = [remount, setTimes('/mnt/pin', before, LONG_AGO), get('/mnt/pin')];
    const { errno, access } = await timesAfter(root, '/mnt/pin', ...calls);
    return errno ?? (access === before * 1_000_000_000n ? 'kept' : 'updated');
  };
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const access = {
    relatime: await accessTimeAfterGet(LONG_AGO, MS.RELATIME),
    relatimeNewer: await accessTimeAfterGet(FAR_OFF, MS.RELATIME),
    strictatime: await accessTimeAfterGet(FAR_OFF, MS.STRICTATIME),
    noatime: await accessTimeAfterGet(LONG_AGO, MS.NOATIME),
  };
  await root.errnos({
    relatime: syscall('mount', 'bpffs', '/mnt', 'bpf', MS.REMOUNT | MS.RELATIME, null),
    old: setTimes('/mnt/pin', LONG_AGO, LONG_AGO),
  });
  const refused = await timesAfter(user, '/mnt/pin', get('/mnt/pin'));
  const readOnly = await timesAfter(user, '/mnt/pin', get('/mnt/pin', { flags: bpf.F.RDONLY }));

  /** Whether a call gives the directory the time of its change as that of its modification, long ago before. */
  const changes = {
    pin: pin('/mnt/d/pin', map),
    mkdir: syscall('mkdir', '/mnt/d/e', 0o755),
    symlink: syscall('symlink', 'e', '/mnt/d/l'),
    link: syscall('link', '/mnt/d/pin', '/mnt/d/second'),
    rename: syscall('rename', '/mnt/d/second', '/mnt/d/moved'),
    unlink: syscall('unlink', '/mnt/d/moved'),
    rmdir: syscall('rmdir', '/mnt/d/e'),
    pinTaken: pin('/mnt/d/pin', map),
    get: get('/mnt/d/pin'),
  };
  const directory = await eachInTurn(changes, async (call) => {
    const { errno, modification, change } = await timesAfter(
      root,
      '/mnt/d',
      setTimes('/mnt/d', LONG_AGO, LONG_AGO),
      call,
    );
    return `${errno ?? 'done'}, ${modification === change ? 'updated' : modification === LONG_AGO * 1_000_000_000n ? 'kept' : 'otherwise'}`;
  });
  return {
    access,
    byUser: {
      refused: refused.errno,
      afterRefused: refused.access === LONG_AGO * 1_000_000_000n ? 'kept' : 'updated',
      readOnly: readOnly.errno,
      afterReadOnly: readOnly.access === LONG_AGO * 1_000_000_000n ? 'kept' : 'updated',
    },
    directory,
  };
});
