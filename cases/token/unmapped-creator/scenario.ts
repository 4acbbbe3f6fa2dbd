import { bpf, type GuestProcess, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { EVERYTHING } from '../delegation.ts';

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const map = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY }))).fd;
  /** What root of the guest, and then root of the namespace, may make in a bpffs of a namespace with these ids. */
  const made = async (userns: typeof SUBORDINATE_IDS) => {
    const child = await guest.spawn({ userns });
    const { directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
    const byRoot = await makeIn(root, (await root.receive(directory)).number, map.number);
    const byChild = await makeIn(child, directory.number, (await child.receive(map)).number);
    return { byRoot, byChild };
  };
  return {
    unmapped: await made(SUBORDINATE_IDS),
    mapped: await made({ uidMap: '0 0 1', gidMap: '0 0 1' }),
  };
});

async function makeIn(process: GuestProcess, directory: number, map: number) {
  const name = `of_${process.pid}`;
  return process.errnos({
    mkdir: syscall('mkdirat', directory, `${name}_directory`, 0o755),
    symlink: syscall('symlinkat', 'target', directory, `${name}_link`),
    pin: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath(`${name}_map`, map, { directory })),
  });
}
