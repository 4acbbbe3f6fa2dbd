import { O, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mkdir /tmp/rules`;
  // An instance of its own, which unmounting must end.
  await using user = await guest.spawn({ userns: { uidMap: '0 0 65536', gidMap: '0 0 65536' } });
  const mounted = await user.mount('none', '/tmp/rules', 'binfmt_misc');
  const executable = await user.chmod('/tmp/rules/status', 0o755);
  const register = await user.open('/tmp/rules/register', O.WRONLY);
  const registered = await user.write(register.fdOrBad, ':rule:E::ext::/tmp/rules/status:F');
  await user.close(register.fdOrBad);
  const inInitial = await root.access('/tmp/rules/status');
  return {
    mounted: mounted.errno,
    executable: executable.errno,
    registered: registered.errno,
    inInitial: inInitial.errno,
    executed: (await user.syscall('execve', '/tmp/rules/status', null, null)).errno,
  };
});
