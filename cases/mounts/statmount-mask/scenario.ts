import { mountInfo, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await root.mount('tmpfs', '/mnt', 'tmpfs', 0, 'size=1M');
  const statx = mountInfo.statxBuffer();
  const asked = await root.batch([mountInfo.statxMountId('/mnt', statx)]);
  const mount = mountInfo.uniqueId(asked.contents.get(statx) ?? statx.bytes);
  const given: Record<string, string[]> = {};
  for (const [name, bit] of Object.entries({ nothing: 0, ...mountInfo.MASK })) {
    const room = mountInfo.STATMOUNT.make({}, { out: true, size: 1024 });
    const { contents } = await root.batch([mountInfo.statmount(mount, bit, room)]);
    const { mask } = mountInfo.STATMOUNT.read(contents.get(room) ?? room.bytes);
    given[name] = Object.entries(mountInfo.MASK)
      .filter(([, one]) => (mask & BigInt(one)) !== 0n)
      .map(([one]) => one);
  }
  return given;
});
