import { bpf, GuestBuffer, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { EVERYTHING } from '../delegation.ts';
import { CLOSED } from '../objects.ts';

const PAGE_SIZE = 4096;

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  await child.syscall('dup2', directory, 0); // what an attribute that ends before the descriptor asks for
  const { bytes } = bpf.tokenCreate(directory);
  /** The attribute made longer with zeros, and perhaps a one as its last byte. */
  const longer = (size: number, last = 0) => {
    const attribute = Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
    if (last !== 0) attribute.writeUInt8(last, size - 1);
    return bpf.call(bpf.CMD.TOKEN_CREATE, new GuestBuffer(attribute));
  };
  const withField = (flags: number) => bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory, flags));

  return {
    flags: await child.errnos({
      none: withField(0),
      lowest: withField(1),
      tokenFd: withField(0x10000),
      highest: withField(0x80000000),
      closedFdToo: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(CLOSED, 1)),
    }),
    size: await child.errnos({
      exact: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory)),
      onlyFlags: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(CLOSED), 4),
      nothing: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(CLOSED), 0),
      halfOfTheDescriptor: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(0xff0000), 6),
      zerosAfterIt: longer(12),
      nextByteSet: longer(9, 1),
      lastByteOfTheUnionSet: longer(144, 1),
      zerosAfterTheUnion: longer(PAGE_SIZE),
      byteAfterTheUnionSet: longer(PAGE_SIZE, 1),
      morePages: longer(PAGE_SIZE + 1),
      noAttribute: syscall('bpf', bpf.CMD.TOKEN_CREATE, null, 8),
    }),
  };
});
