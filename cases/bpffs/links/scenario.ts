import { scenario, syscall } from 'kconform';
import { statShown } from '../files.ts';
import { get, newMap, pin } from '../objects.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d && mkdir /tmp/other && mount -t bpf bpffs /tmp/other`;
  const map = await newMap(root);
  const symbolic = await root.errnos({
    pinned: pin('/mnt/d/pin', map),
    toPin: syscall('symlink', 'd/pin', '/mnt/toPin'),
    toDirectory: syscall('symlink', '/mnt/d', '/mnt/toDirectory'),
    dotsInTarget: syscall('symlink', '../some.where/x.y', '/mnt/dangling'),
    again: syscall('symlink', 'd', '/mnt/toPin'),
    getThrough: get('/mnt/toPin'),
    getThroughParent: get('/mnt/toDirectory/pin'),
    pinThroughParent: pin('/mnt/toDirectory/second', map),
    secondIsThere: get('/mnt/d/second'),
    pinOverDangling: pin('/mnt/dangling', map),
    getDangling: get('/mnt/dangling'),
  });
  const { facts } = await root.lstat('/mnt/toPin');
  const hard = await root.errnos({
    link: syscall('link', '/mnt/d/pin', '/mnt/hard'),
    get: get('/mnt/hard'),
    ofADirectory: syscall('link', '/mnt/d', '/mnt/e'),
    overExisting: syscall('link', '/mnt/d/pin', '/mnt/hard'),
    toAnotherMount: syscall('link', '/mnt/hard', '/tmp/other/hard'),
    outOfBpffs: syscall('link', '/mnt/hard', '/tmp/hard'),
  });
  const inos = [
    await statShown(root, '/mnt/d/pin', ({ ino }) => ino),
    await statShown(root, '/mnt/hard', ({ ino }) => ino),
  ];
  return {
    symbolic,
    target: (await root.readlink('/mnt/dangling')).text,
    symlink: { mode: facts?.mode.toString(8) ?? null, nlink: facts?.nlink ?? null, size: facts?.size ?? null },
    hard,
    linksOfPin: await statShown(root, '/mnt/d/pin', ({ nlink }) => nlink),
    sameInode: typeof inos[0] === 'number' && inos[0] === inos[1],
    linksAfterUnlink: [
      (await root.unlink('/mnt/hard')).errno,
      await statShown(root, '/mnt/d/pin', ({ nlink }) => nlink),
    ],
  };
});
