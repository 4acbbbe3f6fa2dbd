import { O, scenario } from 'kconform';

const INTERPRETER = '/tmp/interpreter';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t binfmt_misc none /mnt`;
  await guest.$`cp /bin/busybox ${INTERPRETER}`;
  const register = (await root.open('/mnt/register', O.WRONLY)).fd;
  const first = await root.write(register, ':rule:E::ext::/bin/busybox:');
  const sameName = await root.write(register, `:rule:E::ext::${INTERPRETER}:F`);
  await guest.$`sleep 0.3`;
  const written = await root.open(INTERPRETER, O.WRONLY);
  return { first: first.errno, sameName: sameName.errno, written: written.errno };
});
