import { O, SUBORDINATE_IDS, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  await using child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const mounted = await child.mount('tmpfs', '/mnt', 'tmpfs', 0, 'mode=0777');
  const place = `/proc/${child.pid}/root/mnt`;
  const named = await guest.root.open(`${place}/file`, O.RDWR | O.CREAT, 0o600);
  const unnamed = await guest.root.open(place, O.RDWR | O.TMPFILE, 0o600);
  const own = await child.open('/mnt', O.RDWR | O.TMPFILE, 0o600);
  return { mounted: mounted.errno, named: named.errno, unnamed: unnamed.errno, own: own.errno };
});
