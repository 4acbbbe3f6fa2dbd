import { landlock, PR, RENAME, S, scenario, syscall } from 'kconform';

const NO_DEVICE = 0;

export default scenario(async ({ guest }) => {
  await guest.$`mount -t tmpfs tmpfs /mnt && ln -s nowhere /mnt/first && ln -s nowhere /mnt/second`;
  await using process = await guest.spawn();
  const moved = (name: string) =>
    syscall('renameat2', -100, `/mnt/${name}`, -100, `/mnt/${name}.moved`, RENAME.WHITEOUT);
  const before = await process.errnos({ rename: moved('first') });
  const { calls } = await process.batch([landlock.createRuleset({ fs: landlock.ACCESS.FS_MAKE_REG })]);
  const restricted = await process.errnos({
    noNewPrivileges: syscall('prctl', PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    restrict: landlock.restrictSelf(calls[0]?.last.value ?? -1),
  });
  const inDomain = await process.errnos({
    file: syscall('mknod', '/mnt/file', S.IFREG | 0o600, 0),
    whiteout: syscall('mknod', '/mnt/whiteout', S.IFCHR | 0o600, NO_DEVICE),
    rename: moved('second'),
  });
  return { before, restricted, inDomain };
});
