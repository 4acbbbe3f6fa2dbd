import { bpf, type FileFacts, scenario, syscall } from 'kconform';
import { statShown } from '../files.ts';
import { get, newLink, newMap, newProgram, openPin, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const program = await newProgram(root);
  const link = await newLink(root);
  const ids = [
    await bpf.objectId(root, map, 'map'),
    await bpf.objectId(root, program, 'program'),
    await bpf.objectId(root, link, 'link'),
  ];
  const shown = ({ mode, uid, gid, nlink, size }: FileFacts) => ({ mode: mode.toString(8), uid, gid, nlink, size });

  await root.umask(0o022);
  const pinned = await root.errnos({
    map: pin('/mnt/map', map),
    program: pin('/mnt/program', program),
    link: pin('/mnt/link', link),
    umask: syscall('umask', 0o277),
    withUmask277: pin('/mnt/umask277', map),
    umask777: syscall('umask', 0o777),
    withUmask777: pin('/mnt/umask777', map),
    group: syscall('setfsgid', 7),
    user: syscall('setfsuid', 9),
    asAnotherUser: pin('/mnt/owned', map),
    userBack: syscall('setfsuid', 0),
    groupBack: syscall('setfsgid', 0),
    closeMap: syscall('close', map),
    closeProgram: syscall('close', program),
    closeLink: syscall('close', link),
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
      map: (await bpf.objectId(root, await openPin(root, '/mnt/map'), 'map')) === ids[0],
      program: (await bpf.objectId(root, await openPin(root, '/mnt/program'), 'program')) === ids[1],
      link: (await bpf.objectId(root, await openPin(root, '/mnt/link'), 'link')) === ids[2],
    },
    linksOfRoot: (await guest.stat('/mnt')).nlink,
  };
});
