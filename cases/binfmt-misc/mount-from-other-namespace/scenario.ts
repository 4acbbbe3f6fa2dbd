import { scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  await using user = await guest.spawn({ userns: { uidMap: '0 0 65536', gidMap: '0 0 65536' } });
  const context = (await user.fsopen('binfmt_misc')).fd;
  const created = await guest.root.fsconfigCreate(await guest.root.receive(context));
  return { created: created.errno, byItself: (await user.fsconfigCreate((await user.fsopen('binfmt_misc')).fd)).errno };
});
