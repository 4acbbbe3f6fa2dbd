import { bpf, GuestBuffer, scenario } from 'kconform';
import { createToken, EVERYTHING, ID_MAPS, ownBpffs } from '../delegation.ts';
import { fdinfo } from '../fdinfo.ts';

const F_GETFD = 1;
const F_GETFL = 3;
const PROT_READ = 1;
const MAP_SHARED = 1;
const TCGETS = 0x5401;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: ID_MAPS });
  const { directory, mount } = await ownBpffs(guest, child, EVERYTHING);
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
    closeOnExec: (await child.syscall('fcntl', token, F_GETFD, 0)).value,
    statusFlags: (await child.syscall('fcntl', token, F_GETFL, 0)).value,
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
      read: { name: 'read', args: [token, buffer, 8] },
      write: { name: 'write', args: [token, buffer, 8] },
      lseek: { name: 'lseek', args: [token, 0, 0] },
      mmap: { name: 'mmap', args: [null, 4096, PROT_READ, MAP_SHARED, token, 0] },
      ioctl: { name: 'ioctl', args: [token, TCGETS, buffer] },
      pin: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/token', token)),
      get: bpf.call(bpf.CMD.OBJ_GET, bpf.objPath(magicLink)),
      information: bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, bpf.objInfo(token).attribute),
      duplicate: { name: 'dup', args: [token] },
      close: { name: 'close', args: [token] },
    }),
  };
});
