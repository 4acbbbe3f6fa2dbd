import { type FileFacts, scenario } from 'kconform';
import { statShown, sys } from '../../calls.ts';
import { get, idOf, newLink, newMap, newProgram, openPin, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const program = await newProgram(root);
  const link = await newLink(root);
  const ids = [await idOf(root, map), await idOf(root, program), await idOf(root, link)];
  const shown = ({ mode, uid, gid, nlink, size }: FileFacts) => ({ mode: mode.toString(8), uid, gid, nlink, size });

  await root.umask(0o022);
  const pinned = await root.errnos({
    map: pin('/mnt/map', map),
    program: pin('/mnt/program', program),
    link: pin('/mnt/link', link),
    umask: sys('umask', 0o277),
    withUmask277: pin('/mnt/umask277', map),
    umask777: sys('umask', 0o777),
    withUmask777: pin('/mnt/umask777', map),
    group: sys('setfsgid', 7),
    user: sys('setfsuid', 9),
    asAnotherUser: pin('/mnt/owned', map),
    userBack: sys('setfsuid', 0),
    groupBack: sys('setfsgid', 0),
    closeMap: sys('close', map),
    closeProgram: sys('close', program),
    closeLink: sys('close', link),
    getMap: get('/mnt/map'),
    getProgram: get('/mnt/program'),
    getLink: get('/mnt/link'),
  });
  return {
    pinned,
    files: {
      map: await statShown(root, '/mnt/map', shown),
      program: await statShown(root, '/mnt/program', shown),
      link: await statShown(root, '/mnt/link', shown),
      withUmask277: await statShown(root, '/mnt/umask277', shown),
      withUmask777: await statShown(root, '/mnt/umask777', shown),
      asAnotherUser: await statShown(root, '/mnt/owned', shown),
    },
    sameObject: {
      map: (await idOf(root, await openPin(root, '/mnt/map'))) === ids[0],
      program: (await idOf(root, await openPin(root, '/mnt/program'))) === ids[1],
      link: (await idOf(root, await openPin(root, '/mnt/link'))) === ids[2],
    },
    linksOfRoot: (await guest.stat('/mnt')).nlink,
  };
});
