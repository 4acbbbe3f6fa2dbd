import { scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  await guest.$`mkdir /tmp/lower /tmp/other`;
  await using user = await guest.spawn({ userns: { uidMap: '0 0 65536', gidMap: '0 0 65536' } });
  const make = async () => {
    const context = (await user.fsopen('overlay')).fd;
    await user.fsconfigString(context, 'lowerdir', '/tmp/lower:/tmp/other');
    return context;
  };
  const created = await guest.root.fsconfigCreate(await guest.root.receive(await make()));
  return { created: created.errno, byItself: (await user.fsconfigCreate(await make())).errno };
});
