import { bpf, type Fd, type GuestProcess, scenario } from 'kconform';
import { createToken, EVERYTHING, ID_MAPS, ownBpffs } from '../delegation.ts';

const MNT_DETACH = 2;

/** Makes the superblock read-only; a context that failed cannot be used again, so each try gets its own. */
async function readOnly(process: GuestProcess, mount: Fd) {
  const picked = (await process.fspick(mount)).fdOrBad;
  await process.fsconfigFlag(picked, 'ro');
  const { errno } = await process.fsconfigReconfigure(picked);
  await process.close(picked);
  return errno;
}

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: ID_MAPS });
  const mounted = async () => {
    const { context, mount, directory } = await ownBpffs(guest, child, EVERYTHING);
    const token = await createToken(child, directory);
    await child.moveMount(mount, '/mnt');
    for (const fd of [context, directory]) await child.close(fd);
    return { mount, token };
  };
  const createMap = async (token: Fd) =>
    (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.STACK, keySize: 0, token }))).errno;

  const busy = await mounted();
  const umount = await child.errnos({
    closeMount: { name: 'close', args: [busy.mount] },
    withToken: { name: 'umount2', args: ['/mnt', 0] },
    closeToken: { name: 'close', args: [busy.token] },
    afterClose: { name: 'umount2', args: ['/mnt', 0] },
  });

  const detached = await mounted();
  await child.close(detached.mount);
  const detach = {
    umount: (await child.umount('/mnt', MNT_DETACH)).errno,
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
