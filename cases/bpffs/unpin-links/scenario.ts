import { scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { idOf, newLink, pin, released } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const link = await newLink(root);
  const id = await idOf(root, link);
  const otherLink = await newLink(root);
  const otherId = await idOf(root, otherLink);
  const pinned = await root.errnos({
    pin: pin('/mnt/link', link),
    other: pin('/mnt/other', otherLink),
    close: sys('close', link),
    closeOther: sys('close', otherLink),
  });
  const unlink = (await root.unlink('/mnt/link')).errno;
  const afterUnlink = { unlink, released: await released(root, 'link', id) };
  const umount = (await root.umount('/mnt')).errno;
  return { pinned, afterUnlink, afterUmount: { umount, released: await released(root, 'link', otherId) } };
});
