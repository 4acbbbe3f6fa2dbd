import { FSPICK, MS, scenario } from 'kconform';

const HERE = -100;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const shown = async () => {
    const options = (await guest.mountOptions('/mnt'))?.split(',') ?? [];
    return options.filter((option) => /^(size=|noswap)/.test(option)).sort();
  };
  await root.mount('tmpfs', '/mnt', 'tmpfs', 0, 'noswap,size=1M');
  const mounted = await shown();
  const remount = await root.mount('tmpfs', '/mnt', 'tmpfs', MS.REMOUNT, 'size=2M');
  const remounted = await shown();
  const context = (await root.fspick(HERE, '/mnt', FSPICK.CLOEXEC)).fdOrBad;
  await root.fsconfigString(context, 'size', '3M');
  const reconfigure = await root.fsconfigReconfigure(context);
  return { mounted, remount: remount.errno, remounted, reconfigure: reconfigure.errno, reconfigured: await shown() };
});
