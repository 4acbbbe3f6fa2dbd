import { type FileFacts, scenario } from 'kconform';
import { statShown, sys } from '../../calls.ts';
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
    d: sys('mkdir', '/mnt/d', 0o777),
    inner: sys('mkdir', '/mnt/d/inner', 0o1775),
    file: pin('/mnt/file', map),
    setGroupId: sys('mkdir', '/mnt/g', 0o777),
    chown: sys('chown', '/mnt/g', 12, 34),
    chmod: sys('chmod', '/mnt/g', 0o2775),
    below: sys('mkdir', '/mnt/g/below', 0o755),
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
    again: sys('mkdir', '/mnt/d', 0o755),
    overAFile: sys('mkdir', '/mnt/file', 0o755),
    withoutParent: sys('mkdir', '/mnt/none/d', 0o755),
    rmdirNotEmpty: sys('rmdir', '/mnt/d'),
    rmdirFile: sys('rmdir', '/mnt/file'),
    rmdirMissing: sys('rmdir', '/mnt/none'),
    unlinkDirectory: sys('unlink', '/mnt/d'),
    unlinkMissing: sys('unlink', '/mnt/none'),
  });
  const removed = await root.errnos({
    inner: sys('rmdir', '/mnt/d/inner'),
    d: sys('rmdir', '/mnt/d'),
    gone: sys('access', '/mnt/d', 0),
  });
  return { links: { empty, withTwo: two, withOne: await linksOfRoot() }, made, refused, removed };
});
