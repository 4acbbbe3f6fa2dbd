import { AT, scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { get, newMap, newProgram, pin } from '../objects.ts';

const NOREPLACE = 1;
const EXCHANGE = 2;
const WHITEOUT = 4;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d /mnt/e && mkdir /mnt/d/inner`;
  const map = await newMap(root);
  const program = await newProgram(root);
  const renamed = (from: string, to: string, flags: number) => sys('renameat2', AT.FDCWD, from, AT.FDCWD, to, flags);
  const ino = async (path: string) => (await root.stat(path)).facts?.ino ?? null;
  const plain = await root.errnos({
    pinMap: pin('/mnt/map', map),
    pinProgram: pin('/mnt/program', program),
    move: sys('rename', '/mnt/map', '/mnt/moved'),
    gone: get('/mnt/map'),
    there: get('/mnt/moved'),
    intoDirectory: sys('rename', '/mnt/moved', '/mnt/e/map'),
    directory: sys('rename', '/mnt/e', '/mnt/f'),
    thereBelow: get('/mnt/f/map'),
    missing: sys('rename', '/mnt/none', '/mnt/x'),
    overNotEmpty: sys('rename', '/mnt/f', '/mnt/d'),
    fileOverDirectory: sys('rename', '/mnt/program', '/mnt/d'),
    directoryOverFile: sys('rename', '/mnt/d', '/mnt/program'),
    outOfBpffs: sys('rename', '/mnt/program', '/tmp/program'),
    link: sys('link', '/mnt/program', '/mnt/same'),
    overItself: sys('rename', '/mnt/program', '/mnt/same'),
    bothStay: sys('access', '/mnt/program', 0),
  });
  const before = { file: await ino('/mnt/program'), directory: await ino('/mnt/d') };
  const flags = await root.errnos({
    noReplaceTaken: renamed('/mnt/program', '/mnt/d', NOREPLACE),
    noReplaceFree: renamed('/mnt/same', '/mnt/free', NOREPLACE),
    exchange: renamed('/mnt/program', '/mnt/d', EXCHANGE),
    childrenWentAlong: sys('access', '/mnt/program/inner', 0),
    getExchanged: get('/mnt/d'),
    exchangeMissing: renamed('/mnt/program', '/mnt/none', EXCHANGE),
    whiteout: renamed('/mnt/free', '/mnt/w', WHITEOUT),
  });
  const after = { file: await ino('/mnt/d'), directory: await ino('/mnt/program') };
  return {
    plain,
    flags,
    exchanged: { file: after.file === before.file, directory: after.directory === before.directory },
    linksOfRoot: (await guest.stat('/mnt')).nlink,
  };
});
