import { bpf, GuestBuffer, MS, scenario, syscall } from 'kconform';
import { lookUp, newMap, pin } from '../objects.ts';

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
    nothingWasMade: syscall('access', '/mnt/new', 0),
  });
  const readOnly = await root.errnos({
    remount: syscall('mount', 'bpffs', '/mnt', 'bpf', MS.REMOUNT | MS.RDONLY, null),
    pin: pin('/mnt/new', map),
    existing: pin('/mnt/pin', map),
  });

  // What was refused holds no reference: with its last pin gone and its descriptor closed the map is released.
  const lost = await newMap(root);
  const id = await bpf.objectId(root, lost, 'map');
  const references = await root.errnos({
    refused: pin('/tmp/pin', lost),
    refusedAgain: pin('/mnt/new', lost),
    whileOpen: lookUp('map', id),
  });
  const found = await newMap(root);
  const foundId = await bpf.objectId(root, found, 'map');
  const afterwards = await root.errnos({
    refused: pin('/mnt/pin', found),
    close: syscall('close', found),
    released: lookUp('map', foundId),
  });
  return { paths, descriptors, readOnly, references, afterwards };
});
