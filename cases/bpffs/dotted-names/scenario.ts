import { scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { get, newMap, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d && mkdir -m 0 /mnt/closed`;
  const map = await newMap(root);
  return {
    dotted: await root.errnos({
      stat: sys('access', '/mnt/x.y', 0),
      hidden: sys('access', '/mnt/.h', 0),
      atTheEnd: sys('access', '/mnt/x.', 0),
      inADirectory: sys('access', '/mnt/d/x.y', 0),
      preloaded: sys('access', '/mnt/maps.debug', 0),
      open: sys('open', '/mnt/x.y', 0),
      create: sys('open', '/mnt/x.y', 0o101, 0o600),
      mkdir: sys('mkdir', '/mnt/x.y', 0o755),
      symlink: sys('symlink', 'd', '/mnt/x.y'),
      rename: sys('rename', '/mnt/d', '/mnt/x.y'),
      pin: pin('/mnt/x.y', map),
      get: get('/mnt/x.y'),
      unlink: sys('unlink', '/mnt/x.y'),
      rmdir: sys('rmdir', '/mnt/x.y'),
    }),
    without: await root.errnos({
      stat: sys('access', '/mnt/x', 0),
      get: get('/mnt/x'),
      pin: pin('/mnt/x', map),
      link: sys('link', '/mnt/x', '/mnt/y'),
      linkDotted: sys('link', '/mnt/x', '/mnt/x.y'),
      mkdir: sys('mkdir', '/mnt/x-y', 0o755),
    }),
    closedDirectory: await root.errnos({
      mkdir: sys('mkdir', '/mnt/closed/a.b', 0o755),
      pin: pin('/mnt/closed/m.x', map),
      get: get('/mnt/closed/m.x'),
      chmod: sys('chmod', '/mnt/closed', 0o755),
      getNamedBefore: get('/mnt/closed/m.x'),
      mkdirNamedAfter: sys('mkdir', '/mnt/closed/c.d', 0o755),
    }),
  };
});
