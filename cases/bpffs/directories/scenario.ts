import { type FileFacts, scenario, syscall } from 'kconform';
import { statShown } from '../files.ts';
import { newMap, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const map = await newMap(root);
  const shown = ({ mode, uid, gid, nlink, size }: FileFacts) => ({ mode: mode.toString(8), uid, gid, nlink, size });
  const linksOfRoot = async () => (await guest.stat('/mnt')).nlink;

  const empty = await linksOfRoot();
  await root.umask(0o027);
  await root.errnos({
    d: syscall('mkdir', '/mnt/d', 0o777),
    inner: syscall('mkdir', '/mnt/d/inner', 0o1775),
    file: pin('/mnt/file', map),
    setGroupId: syscall('mkdir', '/mnt/g', 0o777),
    chown: syscall('chown', '/mnt/g', 12, 34),
    chmod: syscall('chmod', '/mnt/g', 0o2775),
    below: syscall('mkdir', '/mnt/g/below', 0o755),
    pinBelow: pin('/mnt/g/pin', map),
  });
  const made = {
    d: await statShown(root, '/mnt/d', shown),
    inner: await statShown(root, '/mnt/d/inner', shown),
    withSetGroupId: await statShown(root, '/mnt/g/below', shown),
    pinWithSetGroupId: await statShown(root, '/mnt/g/pin', shown),
  };
  const two = await linksOfRoot();
  const refused = await root.errnos({
    again: syscall('mkdir', '/mnt/d', 0o755),
    overAFile: syscall('mkdir', '/mnt/file', 0o755),
    withoutParent: syscall('mkdir', '/mnt/none/d', 0o755),
    rmdirNotEmpty: syscall('rmdir', '/mnt/d'),
    rmdirFile: syscall('rmdir', '/mnt/file'),
    rmdirMissing: syscall('rmdir', '/mnt/none'),
    unlinkDirectory: syscall('unlink', '/mnt/d'),
    unlinkMissing: syscall('unlink', '/mnt/none'),
  });
  const removed = await root.errnos({
    inner: syscall('rmdir', '/mnt/d/inner'),
    d: syscall('rmdir', '/mnt/d'),
    gone: syscall('access', '/mnt/d', 0),
  });
  return { links: { empty, withTwo: two, withOne: await linksOfRoot() }, made, refused, removed };
});
