import { O, scenario } from 'kconform';

const INTERPRETER = '/tmp/interpreter';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t binfmt_misc none /mnt`;
  await guest.$`cp /bin/busybox ${INTERPRETER}`;
  const register = (await root.open('/mnt/register', O.WRONLY)).fd;
  const opened = async () => {
    const { errno, fdOrBad } = await root.open(INTERPRETER, O.WRONLY);
    await root.close(fdOrBad);
    return errno;
  };
  const registered = await root.write(register, `:rule:E::ext::${INTERPRETER}:F`);
  const inUse = await opened();
  await guest.writeFile('/mnt/rule', '-1');
  // The last reference to the removed rule can be dropped a moment later.
  await guest.$`sleep 0.3`;
  return { registered: registered.errno, inUse, removed: await opened() };
});
