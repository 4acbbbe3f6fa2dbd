import { bpf, scenario, syscall } from 'kconform';
import { statShown } from '../files.ts';
import { get, newMap, openPin, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir -m 0700 /mnt/private && mkdir /mnt/foreign`;
  const map = await newMap(root);
  const readOnly = await newMap(root, { flags: bpf.F.RDONLY });
  await root.errnos({
    mode600: pin('/mnt/mode600', map),
    mode644: pin('/mnt/mode644', map),
    readable: syscall('chmod', '/mnt/mode644', 0o644),
    mode666: pin('/mnt/mode666', map),
    writable: syscall('chmod', '/mnt/mode666', 0o666),
    mode000: pin('/mnt/mode000', map),
    nothing: syscall('chmod', '/mnt/mode000', 0),
  });
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  const theirs = await user.receive(map);
  const theirReadOnly = await user.receive(readOnly);
  const update = (fd: Parameters<typeof bpf.mapUpdate>[0]) =>
    bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(fd, Buffer.alloc(4), Buffer.alloc(4, 1)));
  return {
    unprivileged: await user.errnos({
      createMap: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY })),
    }),
    get: await user.errnos({
      mode600: get('/mnt/mode600'),
      mode600ReadOnly: get('/mnt/mode600', { flags: bpf.F.RDONLY }),
      mode644: get('/mnt/mode644'),
      mode644ReadOnly: get('/mnt/mode644', { flags: bpf.F.RDONLY }),
      mode644WriteOnly: get('/mnt/mode644', { flags: bpf.F.WRONLY }),
      mode666: get('/mnt/mode666'),
    }),
    byRoot: await root.errnos({ mode000: get('/mnt/mode000') }),
    pin: await user.errnos({
      inStickyRoot: pin('/mnt/theirs', theirs),
      inPrivate: pin('/mnt/private/theirs', theirs),
      inForeign: pin('/mnt/foreign/theirs', theirs),
    }),
    owner: await statShown(root, '/mnt/theirs', ({ uid, gid, mode }) => `${uid}:${gid} ${mode.toString(8)}`),
    sticky: await user.errnos({
      mkdir: syscall('mkdir', '/mnt/own', 0o755),
      rmdirOwn: syscall('rmdir', '/mnt/own'),
      rmdirForeign: syscall('rmdir', '/mnt/foreign'),
      unlinkForeign: syscall('unlink', '/mnt/mode666'),
      renameForeign: syscall('rename', '/mnt/mode666', '/mnt/taken'),
      unlinkOwn: syscall('unlink', '/mnt/theirs'),
    }),
    escalation: await user.errnos({
      updateReadOnly: update(theirReadOnly),
      pin: pin('/mnt/escalated', theirReadOnly),
      get: get('/mnt/escalated'),
    }),
    escalated: await user.errnos({
      update: update(await openPin(user, '/mnt/escalated')),
    }),
    mount: await user.errnos({
      mount: syscall('mount', 'bpffs', '/tmp', 'bpf', 0, null),
      fsopen: syscall('fsopen', 'bpf', 0),
    }),
  };
});
