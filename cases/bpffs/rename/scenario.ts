import { AT, RENAME, scenario, syscall } from 'kconform';
import { get, newMap, newProgram, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d /mnt/e && mkdir /mnt/d/inner`;
  const map = await newMap(root);
  const program = await newProgram(root);
  const renamed = (from: string, to: string, flags: number) =>
    syscall('renameat2', AT.FDCWD, from, AT.FDCWD, to, flags);
  const ino = async (path: string) => (await root.stat(path)).facts?.ino ?? null;
  const plain = await root.errnos({
    pinMap: pin('/mnt/map', map),
    pinProgram: pin('/mnt/program', program),
    move: syscall('rename', '/mnt/map', '/mnt/moved'),
    gone: get('/mnt/map'),
    there: get('/mnt/moved'),
    intoDirectory: syscall('rename', '/mnt/moved', '/mnt/e/map'),
    directory: syscall('rename', '/mnt/e', '/mnt/f'),
    thereBelow: get('/mnt/f/map'),
    missing: syscall('rename', '/mnt/none', '/mnt/x'),
    overNotEmpty: syscall('rename', '/mnt/f', '/mnt/d'),
    fileOverDirectory: syscall('rename', '/mnt/program', '/mnt/d'),
    directoryOverFile: syscall('rename', '/mnt/d', '/mnt/program'),
    outOfBpffs: syscall('rename', '/mnt/program', '/tmp/program'),
    link: syscall('link', '/mnt/program', '/mnt/same'),
    overItself: syscall('rename', '/mnt/program', '/mnt/same'),
    bothStay: syscall('access', '/mnt/program', 0),
  });
  const before = { file: await ino('/mnt/program'), directory: await ino('/mnt/d') };
  const flags = await root.errnos({
    noReplaceTaken: renamed('/mnt/program', '/mnt/d', RENAME.NOREPLACE),
    noReplaceFree: renamed('/mnt/same', '/mnt/free', RENAME.NOREPLACE),
    exchange: renamed('/mnt/program', '/mnt/d', RENAME.EXCHANGE),
    childrenWentAlong: syscall('access', '/mnt/program/inner', 0),
    getExchanged: get('/mnt/d'),
    exchangeMissing: renamed('/mnt/program', '/mnt/none', RENAME.EXCHANGE),
    whiteout: renamed('/mnt/free', '/mnt/w', RENAME.WHITEOUT),
  });
  const after = { file: await ino('/mnt/d'), directory: await ino('/mnt/program') };
  return {
    plain,
    flags,
    exchanged: { file: after.file === before.file, directory: after.directory === before.directory },
    linksOfRoot: (await guest.stat('/mnt')).nlink,
  };
});
