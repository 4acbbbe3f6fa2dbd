import { bpf, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const create = (maxEntries: number) =>
    bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.SOCKMAP, maxEntries }));
  return guest.root.errnos({ one: create(1), none: create(0), tooMany: create(0x80000000) });
});
