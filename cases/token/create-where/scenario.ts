import { bpf, CAP, capabilities, type Descriptor, MS, O, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, EVERYTHING } from '../delegation.ts';
import { forkWith } from '../namespaces.ts';
import { CLOSED } from '../objects.ts';

const create = (fd: Descriptor) => bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(fd));

export default scenario(async ({ guest }) => {
  await guest.$`mkdir /tmp/bound /tmp/inside /tmp/other`;
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { context, mount, directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  const token = await createToken(child, directory);
  await child.moveMount(mount, '/mnt');
  await child.mkdir('/mnt/directory');
  await child.mount('/mnt', '/tmp/bound', '', MS.BIND);
  await child.mount('/mnt/directory', '/tmp/inside', '', MS.BIND);
  await child.mount('tmpfs', '/tmp/other', 'tmpfs');
  const opened = async (path: string, flags = 0) => (await child.open(path, flags)).fdOrBad;

  const found = await child.errnos({
    root: create(directory),
    mounted: create(await opened('/mnt')),
    bindMount: create(await opened('/tmp/bound')),
    directory: create(await opened('/mnt/directory')),
    bindMountOfDirectory: create(await opened('/tmp/inside')),
    ownTmpfs: create(await opened('/tmp/other')),
    proc: create(await opened('/proc')),
    rootfs: create(await opened('/')),
    file: create(await opened('/proc/self/status')),
    eventfd: create((await child.syscall('eventfd2', 0, 0)).value),
    map: create((await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, token }))).fdOrBad),
    token: create(token),
    context: create(context),
    mountFd: create(mount),
    path: create(await opened('/mnt', O.PATH)),
    closed: create(CLOSED),
    negative: create(-1),
  });
  await child.syscall('fchmod', directory, 0);
  const onlyCapBpf = await forkWith(child, capabilities(CAP.BPF));
  const noPermission = await onlyCapBpf.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory.number));
  const reopened = await onlyCapBpf.open('/mnt');
  return { ...found, mode0: { reopened: reopened.errno, token: noPermission.errno } };
});
