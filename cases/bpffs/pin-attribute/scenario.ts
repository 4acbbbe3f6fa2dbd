import { AT, bpf, GuestBuffer, O, scenario, syscall } from 'kconform';
import { get, newMap, pin, withoutPreloaded } from '../objects.ts';

const PATH_FD = 16;

/** The attribute with other bytes at its end, or its path_fd without the flag. */
function changed(attribute: GuestBuffer, change: (bytes: Buffer) => Buffer): GuestBuffer {
  const other = new GuestBuffer(change(Buffer.from(attribute.bytes)));
  for (const [offset, target] of attribute.pointers) other.pointers.set(offset, target);
  return other;
}

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d`;
  const map = await newMap(root);
  const directory = (await root.open('/mnt/d', O.PATH | O.DIRECTORY)).fd;
  const file = (await root.open('/proc/version')).fd;
  const withPathFd = changed(bpf.objPath('/mnt/x', map), (bytes) => {
    bytes.writeUInt32LE(directory.number, PATH_FD);
    return bytes;
  });
  const behind = changed(bpf.objPath('/mnt/x', map), (bytes) => {
    bytes.writeUInt8(1, PATH_FD + 4);
    return bytes;
  });
  const longer = (tail: number) =>
    changed(bpf.objPath('/mnt/long', map), (bytes) => Buffer.concat([bytes, Buffer.alloc(64, tail)]));
  const sized = (path: string, size: number) => bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath(path, map), size);

  const context = (await root.fsopen('bpf')).fd;
  await root.fsconfigCreate(context);
  const detached = (await root.fsmount(context)).fd;
  return {
    flags: await root.errnos({
      readOnly: pin('/mnt/x', map, { flags: bpf.F.RDONLY }),
      unknown: pin('/mnt/x', map, { flags: 0x8000 }),
      allOthers: pin('/mnt/x', map, { flags: 0xffffffff & ~bpf.F.PATH_FD }),
      pathFdWithoutFlag: bpf.call(bpf.CMD.OBJ_PIN, withPathFd),
      byteBehind: bpf.call(bpf.CMD.OBJ_PIN, behind),
      nothingWasMade: syscall('access', '/mnt/x', 0),
    }),
    pathFd: await root.errnos({
      relative: pin('relative', map, { directory }),
      itIsThere: syscall('access', '/mnt/d/relative', 0),
      get: get('relative', { directory }),
      up: pin('../up', map, { directory }),
      absolute: pin('/mnt/absolute', map, { directory: 999 }),
      closed: pin('x', map, { directory: 999 }),
      closedGet: get('relative', { directory: 999 }),
      noDirectory: pin('x', map, { directory: file }),
      chdir: syscall('chdir', '/mnt'),
      currentDirectory: pin('here', map, { directory: AT.FDCWD }),
      withoutFlag: pin('here2', map),
      detached: pin('pin', map, { directory: detached }),
      getDetached: get('pin', { directory: detached }),
    }),
    sizes: await root.errnos({
      known: sized('/mnt/size-152', 152),
      beforePathFd: sized('/mnt/size-16', 16),
      beforeFlags: sized('/mnt/size-12', 12),
      beforeDescriptor: sized('/mnt/size-8', 8),
      longerZero: bpf.call(bpf.CMD.OBJ_PIN, longer(0)),
      longerNotZero: bpf.call(bpf.CMD.OBJ_PIN, longer(1)),
      overAPage: sized('/mnt/page', 4097),
    }),
    entries: withoutPreloaded((await guest.$`ls /mnt /mnt/d`).stdout.split('\n')),
  };
});
