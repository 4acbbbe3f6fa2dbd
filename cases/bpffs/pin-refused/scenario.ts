import { bpf, GuestBuffer, scenario } from 'kconform';
import { sys } from '../../calls.ts';
import { idOf, lookUp, newMap, pin } from '../objects.ts';

const MS_REMOUNT_RDONLY = 0x20 | 1;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d && ln -s nowhere /mnt/dangling && touch /tmp/file`;
  const map = await newMap(root);
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember('bpf_timer')))).fd;
  const terminal = (await root.open('/dev/null', 2)).fd;
  const noPath = bpf.objPath('', map);
  noPath.pointers.clear();
  const badPath = new GuestBuffer(Buffer.from(noPath.bytes));
  badPath.bytes.writeBigUInt64LE(1n, 0);

  const paths = await root.errnos({
    pinned: pin('/mnt/pin', map),
    overFile: pin('/mnt/pin', map),
    overDirectory: pin('/mnt/d', map),
    overDangling: pin('/mnt/dangling', map),
    root: pin('/mnt/.', map),
    missingParent: pin('/mnt/none/pin', map),
    slashAtTheEnd: pin('/mnt/new/', map),
    belowAPin: pin('/mnt/pin/below', map),
    empty: pin('', map),
    null: bpf.call(bpf.CMD.OBJ_PIN, noPath),
    unreadable: bpf.call(bpf.CMD.OBJ_PIN, badPath),
    tmpfs: pin('/tmp/pin', map),
    tmpfsFile: pin('/tmp/file', map),
    sysfs: pin('/sys/pin', map),
    proc: pin('/proc/pin', map),
  });
  const descriptors = await root.errnos({
    closed: pin('/mnt/new', 999),
    minusOne: pin('/mnt/new', -1),
    device: pin('/mnt/new', terminal),
    btf: pin('/mnt/new', btf),
    beforeThePath: pin('/none/new', 999),
    nothingWasMade: sys('access', '/mnt/new', 0),
  });
  const readOnly = await root.errnos({
    remount: sys('mount', 'bpffs', '/mnt', 'bpf', MS_REMOUNT_RDONLY, null),
    pin: pin('/mnt/new', map),
    existing: pin('/mnt/pin', map),
  });

  // What was refused holds no reference: with its last pin gone and its descriptor closed the map is released.
  const lost = await newMap(root);
  const id = await idOf(root, lost);
  const references = await root.errnos({
    refused: pin('/tmp/pin', lost),
    refusedAgain: pin('/mnt/new', lost),
    whileOpen: lookUp('map', id),
  });
  const found = await newMap(root);
  const foundId = await idOf(root, found);
  const afterwards = await root.errnos({
    refused: pin('/mnt/pin', found),
    close: sys('close', found),
    released: lookUp('map', foundId),
  });
  return { paths, descriptors, readOnly, references, afterwards };
});
