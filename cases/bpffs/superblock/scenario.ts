import { MS, scenario, syscall } from 'kconform';
import { get, newMap, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/a /tmp/b /tmp/bind`;
  const map = await newMap(root);
  await root.errnos({ a: syscall('mount', 'bpffs', '/tmp/a', 'bpf', 0, null), pin: pin('/tmp/a/pin', map) });
  const { ino, nlink, size, mode, uid, gid } = await guest.stat('/tmp/a');
  const { facts } = await root.statfs('/tmp/a');
  const instances = await root.errnos({
    b: syscall('mount', 'bpffs', '/tmp/b', 'bpf', 0, null),
    notInOther: get('/tmp/b/pin'),
    bind: syscall('mount', '/tmp/a', '/tmp/bind', '', 4096, null),
    inBind: get('/tmp/bind/pin'),
    umountBind: syscall('umount2', '/tmp/bind', 0),
    umount: syscall('umount2', '/tmp/a', 0),
    again: syscall('mount', 'bpffs', '/tmp/a', 'bpf', 0, null),
    startsEmpty: get('/tmp/a/pin'),
  });
  const remount = await root.errnos({
    pin: pin('/tmp/b/pin', map),
    options: syscall('mount', 'x', '/tmp/b', 'bpf', MS.REMOUNT, 'mode=0700,uid=55,gid=56,delegate_cmds=any'),
    badValue: syscall('mount', 'x', '/tmp/b', 'bpf', MS.REMOUNT, 'mode=9'),
    unknown: syscall('mount', 'x', '/tmp/b', 'bpf', MS.REMOUNT, 'unknown=1'),
  });
  const afterRemount = {
    shown: await guest.mountOptions('/tmp/b'),
    mode: (await guest.stat('/tmp/b')).mode.toString(8),
  };
  const readOnly = await root.errnos({
    remount: syscall('mount', 'x', '/tmp/b', 'bpf', MS.REMOUNT | MS.RDONLY, null),
    mkdir: syscall('mkdir', '/tmp/b/d', 0o755),
    pin: pin('/tmp/b/new', map),
    unlink: syscall('unlink', '/tmp/b/pin'),
    getMissing: get('/tmp/b/new'),
    back: syscall('mount', 'x', '/tmp/b', 'bpf', MS.REMOUNT, null),
    mkdirAgain: syscall('mkdir', '/tmp/b/d', 0o755),
  });
  await root.errnos({ chown: syscall('chown', '/tmp/b', 12, 13), chmod: syscall('chmod', '/tmp/b', 0o700) });
  const afterChown = await guest.mountOptions('/tmp/b');
  await root.chmod('/tmp/b', 0o777);

  const context = (await root.fsopen('bpf')).fd;
  const fresh = await root.errnos({
    mountBeforeCreate: syscall('fsmount', context, 0, 0),
    create: syscall('fsconfig', context, 6, null, null, 0),
    createAgain: syscall('fsconfig', context, 6, null, null, 0),
    setAfterCreate: syscall('fsconfig', context, 1, 'mode', '700', 0),
    mount: syscall('fsmount', context, 0, 0),
    mountAgain: syscall('fsmount', context, 0, 0),
    setMounted: syscall('fsconfig', context, 1, 'mode', '700', 0),
    badMounted: syscall('fsconfig', context, 1, 'mode', '9', 0),
    reconfigure: syscall('fsconfig', context, 7, null, null, 0),
  });
  const unused = (await root.fsopen('bpf')).fd;
  // The guest has a bpffs there, as ordinary systems have; the place itself is below it.
  await root.errnos({ unmount: syscall('umount2', '/sys/fs/bpf', 0) });
  const mountPoint = await root.stat('/sys/fs/bpf');
  return {
    listed: /^nodev\tbpf$/m.test(await guest.readFile('/proc/filesystems')),
    mountPoint: mountPoint.facts?.mode.toString(8) ?? mountPoint.errno,
    root: { ino, nlink, size, mode: mode.toString(8), uid, gid },
    statfs: facts && { ...facts, type: facts.type.toString(16) },
    instances,
    remount,
    afterRemount,
    readOnly,
    afterChown,
    afterChmod: (await guest.stat('/tmp/b')).mode.toString(8),
    context: fresh,
    reconfigureFresh: (await root.fsconfigReconfigure(unused)).errno,
    ownerAtFsopen: await ownerAtFsopen(guest),
  };
});

/** The owner of a bpffs whose context is opened with other file system ids than it is created with. */
async function ownerAtFsopen({ root, stat }: Parameters<Parameters<typeof scenario>[0]>[0]['guest']): Promise<string> {
  await root.setfsgid(7);
  await root.setfsuid(9);
  const opened = await root.fsopen('bpf');
  await root.setfsuid(0);
  await root.setfsgid(0);
  await root.fsconfigCreate(opened.fd);
  await root.moveMount((await root.fsmount(opened.fd)).fd, '/mnt');
  const { uid, gid } = await stat('/mnt');
  return `${uid}:${gid}`;
}
