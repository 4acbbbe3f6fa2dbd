import { bpf, FCNTL, type Fd, type Guest, type GuestProcess, O, scenario, syscall } from 'kconform';
import { get, isThere, newLink, newMap, newProgram, openPin, pin, released } from '../objects.ts';

const update = (fd: Fd) => bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(fd, Buffer.alloc(4), Buffer.alloc(4, 1)));
const lookup = (fd: Fd) => bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, bpf.mapLookup(fd, Buffer.alloc(4), 4).attribute);

/** Opens a pin: the descriptor, and its kind, access mode and close-on-exec flag. */
async function open(root: GuestProcess, path: string, flags = 0) {
  const fd = await openPin(root, path, { flags });
  const mode = (await root.syscall('fcntl', fd, FCNTL.GETFL)).value & O.ACCMODE;
  const access = ['read-only', 'write-only', 'read-write'][mode];
  const closeOnExec = (await root.syscall('fcntl', fd, FCNTL.GETFD)).value === 1;
  const kind = (await root.readlink(`/proc/self/fd/${fd.number}`)).text;
  return { fd, file: `${kind} ${access ?? 'none'}${closeOnExec ? ' close-on-exec' : ''}` };
}

/** Whether a pin alone still holds the object when the descriptor that BPF_OBJ_GET returned is closed. */
async function isHeld(root: GuestProcess, kind: 'map' | 'program' | 'link', fd: Fd): Promise<boolean> {
  const path = `/mnt/held-${kind}`;
  const id = await bpf.objectId(root, fd, kind);
  await root.batch([pin(path, fd), syscall('close', fd)], { stopAtError: true });
  await root.batch([syscall('close', await openPin(root, path))], { stopAtError: true });
  return isThere(root, kind, id);
}

/** Whether a link is released with its pin after BPF_OBJ_GET refused to open the pin. */
async function isReleasedAfterRefusal(root: GuestProcess): Promise<boolean> {
  const link = await newLink(root);
  const id = await bpf.objectId(root, link, 'link');
  await root.batch([pin('/mnt/refused', link), syscall('close', link)], { stopAtError: true });
  const { errno } = await root.bpf(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/refused', 0, { flags: bpf.F.RDONLY }));
  await root.unlink('/mnt/refused');
  return errno === 'EINVAL' && (await released(root, 'link', id));
}

/** Pins a map, a frozen map, a program and a link below /mnt, and returns the map. */
async function pinObjects(guest: Guest): Promise<Fd> {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d && touch /tmp/file`;
  const map = await newMap(root, { type: bpf.MAP_TYPE.HASH });
  const frozen = await newMap(root);
  const program = await newProgram(root);
  const link = await newLink(root);
  const freeze = bpf.mapLookup(frozen, Buffer.alloc(4), 4).attribute;
  await root.errnos({
    map: pin('/mnt/map', map),
    program: pin('/mnt/program', program),
    link: pin('/mnt/link', link),
    frozen: pin('/mnt/frozen', frozen),
    freeze: bpf.call(bpf.CMD.MAP_FREEZE, freeze, 4),
  });
  return map;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const map = await pinObjects(guest);
  const both = await open(root, '/mnt/map');
  const readOnly = await open(root, '/mnt/map', bpf.F.RDONLY);
  const writeOnly = await open(root, '/mnt/map', bpf.F.WRONLY);
  return {
    files: {
      map: both.file,
      readOnlyMap: readOnly.file,
      writeOnlyMap: writeOnly.file,
      program: (await open(root, '/mnt/program')).file,
      readOnlyProgram: (await open(root, '/mnt/program', bpf.F.RDONLY)).file,
      link: (await open(root, '/mnt/link')).file,
    },
    held: {
      map: await isHeld(root, 'map', await newMap(root)),
      program: await isHeld(root, 'program', await newProgram(root)),
      link: await isHeld(root, 'link', await newLink(root)),
      refusedIsReleased: await isReleasedAfterRefusal(root),
    },
    access: await root.errnos({
      update: update(both.fd),
      lookup: lookup(both.fd),
      readOnlyUpdate: update(readOnly.fd),
      readOnlyLookup: lookup(readOnly.fd),
      writeOnlyUpdate: update(writeOnly.fd),
      writeOnlyLookup: lookup(writeOnly.fd),
      frozenUpdate: update(await openPin(root, '/mnt/frozen')),
      frozenLookup: lookup(await openPin(root, '/mnt/frozen')),
    }),
    flags: await root.errnos({
      readAndWriteOnly: get('/mnt/map', { flags: bpf.F.RDONLY | bpf.F.WRONLY }),
      readOnlyLink: get('/mnt/link', { flags: bpf.F.RDONLY }),
      writeOnlyLink: get('/mnt/link', { flags: bpf.F.WRONLY }),
      unknown: get('/mnt/map', { flags: 0x8000 }),
      noPrealloc: get('/mnt/map', { flags: 1 }),
      descriptor: syscall('bpf', bpf.CMD.OBJ_GET, pin('/mnt/map', map).args[1] ?? null, 152),
    }),
    paths: await root.errnos({
      directory: get('/mnt/d'),
      root: get('/mnt'),
      tmpfs: get('/tmp/file'),
      proc: get('/proc/version'),
      missing: get('/mnt/none'),
      missingParent: get('/mnt/none/map'),
      belowAPin: get('/mnt/map/below'),
      slashAtTheEnd: get('/mnt/map/'),
      empty: get(''),
      magicLink: get(`/proc/self/fd/${map.number}`),
      bindTarget: syscall('mount', '/mnt/map', '/tmp/file', '', 4096, null),
      throughBind: get('/tmp/file'),
    }),
  };
});
