import { bpf, type Fd, type GuestProcess, MNT, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { createToken, EVERYTHING } from '../delegation.ts';

/** Makes the superblock read-only; a context that failed cannot be used again, so each try gets its own. */
async function readOnly(process: GuestProcess, mount: Fd) {
  const picked = (await process.fspick(mount)).fdOrBad;
  await process.fsconfigFlag(picked, 'ro');
  const { errno } = await process.fsconfigReconfigure(picked);
  await process.close(picked);
  return errno;
}

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const mounted = async () => {
    const { context, mount, directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
    const token = await createToken(child, directory);
    await child.moveMount(mount, '/mnt');
    for (const fd of [context, directory]) await child.close(fd);
    return { mount, token };
  };
  const createMap = async (token: Fd) =>
    (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.STACK, keySize: 0, token }))).errno;

  const busy = await mounted();
  const umount = await child.errnos({
    closeMount: syscall('close', busy.mount),
    withToken: syscall('umount2', '/mnt', 0),
    closeToken: syscall('close', busy.token),
    afterClose: syscall('umount2', '/mnt', 0),
  });

  const detached = await mounted();
  await child.close(detached.mount);
  const detach = {
    umount: (await child.umount('/mnt', MNT.DETACH)).errno,
    mapCreate: await createMap(detached.token),
  };

  const { mount, token } = await mounted();
  const withToken = await readOnly(child, mount);
  await child.close(token);
  const afterClose = await readOnly(child, mount);
  const root = (await child.open('/mnt')).fdOrBad;
  const created = await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(root));
  return {
    umount: { withToken: umount.withToken, afterClose: umount.afterClose },
    detach,
    readOnly: {
      withToken,
      afterClose,
      mkdir: (await child.mkdir('/mnt/directory')).errno,
      createToken: created.errno,
      mapCreate: await createMap(created.fdOrBad),
    },
  };
});
