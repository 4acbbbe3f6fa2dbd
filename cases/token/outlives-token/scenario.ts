import { bpf, SIG, SUBORDINATE_IDS, scenario } from 'kconform';
import { createToken, EVERYTHING, ownToken } from '../delegation.ts';
import { useToken, XDP } from '../objects.ts';

const KEY = Buffer.alloc(4);
const VALUE = Buffer.from('kept');
const PACKET = Buffer.alloc(64);

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { context, mount, directory } = await bpf.delegateBpffs(guest.root, child, EVERYTHING);
  const token = await createToken(child, directory);
  const map = (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, token }))).fdOrBad;
  const program = (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token }))).fdOrBad;
  for (const fd of [context, mount, directory]) await child.close(fd);
  const withoutBpffs = await useToken(child, token);
  await child.close(token);

  const lookup = bpf.mapLookup(map, KEY, VALUE.length);
  const run = bpf.progTestRun(program, PACKET);
  const { calls, contents } = await child.batch([
    bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, KEY, VALUE)),
    bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, lookup.attribute),
    bpf.call(bpf.CMD.PROG_TEST_RUN, run),
  ]);
  const [update, found, ran] = calls.map(({ last }) => last.errno);

  const leaving = await guest.spawn({ userns: SUBORDINATE_IDS });
  const left = await guest.root.receive(await ownToken(guest, leaving, EVERYTHING));
  await leaving.kill(SIG.KILL);
  await leaving.ended();
  return {
    withoutBpffs,
    objects: {
      update: update ?? null,
      lookup: found ?? null,
      value: contents.get(lookup.value)?.toString() ?? null,
      run: ran ?? null,
      returned: contents.get(run)?.readUInt32LE(4) ?? null,
    },
    afterItsNamespace: await useToken(guest.root, left),
  };
});
