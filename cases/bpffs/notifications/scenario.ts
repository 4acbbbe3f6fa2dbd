import { GuestBuffer, O, scenario, syscall } from 'kconform';
import { get, newMap, pin } from '../objects.ts';

/** inotify(7) */
const EVENTS = { 32: 'open', 64: 'moved from', 128: 'moved to', 256: 'create', 512: 'delete' } as const;
const IN_ISDIR = 0x40000000;
const ALL = 0x3e0;
/** struct inotify_event without its name: `int wd`, `u32 mask`, `u32 cookie`, `u32 len`. */
const HEAD = 16;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const inotify = (await root.syscall('inotify_init1', O.NONBLOCK)).value;
  await root.syscall('inotify_add_watch', inotify, '/mnt', ALL);
  const calls = await root.errnos({
    pin: pin('/mnt/pin', map),
    pinAgain: pin('/mnt/pin', map),
    get: get('/mnt/pin'),
    link: syscall('link', '/mnt/pin', '/mnt/second'),
    rename: syscall('rename', '/mnt/second', '/mnt/moved'),
    unlink: syscall('unlink', '/mnt/moved'),
    mkdir: syscall('mkdir', '/mnt/d', 0o755),
    symlink: syscall('symlink', 'd', '/mnt/l'),
    rmdir: syscall('rmdir', '/mnt/d'),
  });
  const room = new GuestBuffer(Buffer.alloc(4096), true);
  const { calls: read, contents } = await root.batch([syscall('read', inotify, room, 4096)]);
  const bytes = (contents.get(room) ?? Buffer.alloc(0)).subarray(0, Math.max(0, read[0]?.last.value ?? 0));
  return { calls, events: eventsIn(bytes) };
});

function eventsIn(bytes: Buffer): string[] {
  const events: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const mask = bytes.readUInt32LE(at + 4);
    const length = bytes.readUInt32LE(at + 12);
    const name = bytes.toString('latin1', at + HEAD, at + HEAD + length).replace(/\0+$/, '');
    const event = Object.entries(EVENTS).find(([bit]) => (mask & Number(bit)) !== 0)?.[1] ?? `0x${mask.toString(16)}`;
    events.push(`${event} ${name}${(mask & IN_ISDIR) === 0 ? '' : ', a directory'}`);
    at += HEAD + length;
  }
  return events;
}
