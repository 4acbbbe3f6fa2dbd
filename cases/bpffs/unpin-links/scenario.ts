import { bpf, scenario, syscall } from 'kconform';
import { newLink, pin, released } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const link = await newLink(root);
  const id = await bpf.objectId(root, link, 'link');
  const otherLink = await newLink(root);
  const otherId = await bpf.objectId(root, otherLink, 'link');
  const pinned = await root.errnos({
    pin: pin('/mnt/link', link),
    other: pin('/mnt/other', otherLink),
    close: syscall('close', link),
    closeOther: syscall('close', otherLink),
  });
  const unlink = (await root.unlink('/mnt/link')).errno;
  const afterUnlink = { unlink, released: await released(root, 'link', id) };
  const umount = (await root.umount('/mnt')).errno;
  return { pinned, afterUnlink, afterUmount: { umount, released: await released(root, 'link', otherId) } };
});
