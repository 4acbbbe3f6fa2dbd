import { CLONE, type Guest, scenario } from 'kconform';

const LIMIT = '/proc/sys/user/max_user_namespaces';

/** Completes a mount from another user namespace than that of its context, which fails. The namespace then ends. */
async function failedMount(guest: Guest) {
  await using user = await guest.spawn({ userns: { uidMap: '0 0 65536', gidMap: '0 0 65536' } });
  await using context = await guest.root.receive((await user.fsopen('binfmt_misc')).fd);
  return (await guest.root.fsconfigCreate(context)).errno;
}

/** Makes a user namespace. One that has ended is freed by a work queue, after a grace period, so ENOSPC is final after 10 s only. */
async function newNamespace(guest: Guest) {
  for (let tries = 1; ; tries++) {
    await using process = await guest.spawn();
    const { errno } = await process.unshare(CLONE.NEWUSER);
    if (errno !== 'ENOSPC' || tries === 20) return errno;
    await guest.$`sleep 0.5`;
  }
}

export default scenario(async ({ guest }) => {
  await guest.writeFile(LIMIT, '1');
  const before = await newNamespace(guest);
  await guest.writeFile(LIMIT, '2'); // the one from before may still be there
  const mounted = await failedMount(guest);
  await guest.writeFile(LIMIT, '1');
  return { before, mounted, another: await newNamespace(guest) };
});
