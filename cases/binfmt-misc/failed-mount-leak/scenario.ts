import { type Guest, scenario } from 'kconform';

const LIMIT = '/proc/sys/user/max_user_namespaces';

/** Completes a mount from another user namespace than that of its context, which fails. The namespace then ends. */
async function failedMount(guest: Guest) {
  await using user = await guest.spawn({ userns: { uidMap: '0 0 65536', gidMap: '0 0 65536' } });
  await using context = await guest.root.receive((await user.fsopen('binfmt_misc')).fd);
  return (await guest.root.fsconfigCreate(context)).errno;
}

export default scenario(async ({ guest }) => {
  const mounted = await failedMount(guest);
  await guest.$`sleep 1`; // a namespace is freed by a work queue, after a grace period
  await guest.writeFile(LIMIT, '1');
  const { exitCode } = await guest.$.nothrow`unshare -U true`;
  return { mounted, another: exitCode };
});
