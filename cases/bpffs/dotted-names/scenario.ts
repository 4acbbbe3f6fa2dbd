import { scenario, syscall } from 'kconform';
import { get, newMap, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d && mkdir -m 0 /mnt/closed`;
  const map = await newMap(root);
  return {
    dotted: await root.errnos({
      stat: syscall('access', '/mnt/x.y', 0),
      hidden: syscall('access', '/mnt/.h', 0),
      atTheEnd: syscall('access', '/mnt/x.', 0),
      inADirectory: syscall('access', '/mnt/d/x.y', 0),
      preloaded: syscall('access', '/mnt/maps.debug', 0),
      open: syscall('open', '/mnt/x.y', 0),
      create: syscall('open', '/mnt/x.y', 0o101, 0o600),
      mkdir: syscall('mkdir', '/mnt/x.y', 0o755),
      symlink: syscall('symlink', 'd', '/mnt/x.y'),
      rename: syscall('rename', '/mnt/d', '/mnt/x.y'),
      pin: pin('/mnt/x.y', map),
      get: get('/mnt/x.y'),
      unlink: syscall('unlink', '/mnt/x.y'),
      rmdir: syscall('rmdir', '/mnt/x.y'),
    }),
    without: await root.errnos({
      stat: syscall('access', '/mnt/x', 0),
      get: get('/mnt/x'),
      pin: pin('/mnt/x', map),
      link: syscall('link', '/mnt/x', '/mnt/y'),
      linkDotted: syscall('link', '/mnt/x', '/mnt/x.y'),
      mkdir: syscall('mkdir', '/mnt/x-y', 0o755),
    }),
    closedDirectory: await root.errnos({
      mkdir: syscall('mkdir', '/mnt/closed/a.b', 0o755),
      pin: pin('/mnt/closed/m.x', map),
      get: get('/mnt/closed/m.x'),
      chmod: syscall('chmod', '/mnt/closed', 0o755),
      getNamedBefore: get('/mnt/closed/m.x'),
      mkdirNamedAfter: syscall('mkdir', '/mnt/closed/c.d', 0o755),
    }),
  };
});
