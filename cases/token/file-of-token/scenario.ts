import { bpf, FCNTL, GuestBuffer, MAP, PROT, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { createToken, EVERYTHING } from '../delegation.ts';
import { fdinfo } from '../fdinfo.ts';

const TCGETS = 0x5401;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory, mount } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  await child.moveMount(mount, '/mnt');
  const modeUnder = async (umask: number) => {
    await child.umask(umask);
    return (await child.fstat(await createToken(child, directory))).facts?.mode ?? 'none';
  };

  await child.umask(0o022);
  const token = await createToken(child, directory);
  const { facts } = await child.fstat(token);
  const ofMount = async (fd: typeof token) => (await fdinfo(child, fd)).get('mnt_id');
  const magicLink = `/proc/self/fd/${token.number}`;
  const buffer = new GuestBuffer(Buffer.alloc(8), true);

  return {
    link: (await child.readlink(magicLink)).text,
    closeOnExec: (await child.syscall('fcntl', token, FCNTL.GETFD, 0)).value,
    statusFlags: (await child.syscall('fcntl', token, FCNTL.GETFL, 0)).value,
    links: facts?.nlink ?? null,
    size: facts?.size ?? null,
    uid: facts?.uid ?? null,
    gid: facts?.gid ?? null,
    onTheMountOfTheBpffs: (await ofMount(token)) === ((await ofMount(directory)) ?? 'no mount'),
    mode: {
      umask000: await modeUnder(0),
      umask022: facts?.mode ?? null,
      umask277: await modeUnder(0o277),
      umask777: await modeUnder(0o777),
    },
    operations: await child.errnos({
      read: syscall('read', token, buffer, 8),
      write: syscall('write', token, buffer, 8),
      lseek: syscall('lseek', token, 0, 0),
      mmap: syscall('mmap', null, 4096, PROT.READ, MAP.SHARED, token, 0),
      ioctl: syscall('ioctl', token, TCGETS, buffer),
      pin: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/token', token)),
      get: bpf.call(bpf.CMD.OBJ_GET, bpf.objPath(magicLink)),
      information: bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, bpf.objInfo(token).attribute),
      duplicate: syscall('dup', token),
      close: syscall('close', token),
    }),
  };
});
