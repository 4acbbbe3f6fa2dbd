import { scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const outcome = async (type: string) => {
    const context = (await root.fsopen(type)).fdOrBad;
    const created = await root.fsconfigCreate(context);
    const mounted = await root.fsmount(context);
    return { created: created.errno, mounted: mounted.errno };
  };
  return { tmpfs: await outcome('tmpfs'), pipefs: await outcome('pipefs'), sockfs: await outcome('sockfs') };
});
