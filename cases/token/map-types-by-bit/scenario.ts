import { bpf, eachOf, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVEN_BITS, ODD_BITS, ownToken } from '../delegation.ts';
import { mapsOfAllTypes, partsOfMaps } from '../map-types.ts';

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const everything = await ownToken(guest, child, { cmds: 'any', maps: 'any' });
  const even = await ownToken(guest, child, { cmds: 'map_create', maps: EVEN_BITS });
  const odd = await ownToken(guest, child, { cmds: 'map_create', maps: ODD_BITS });
  const maps = mapsOfAllTypes(await partsOfMaps(child, everything));
  const created = (tokenFor: (type: number) => typeof even) =>
    child.errnos(
      eachOf(maps, (map) => bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...map, token: tokenFor(map.type) }))),
    );
  return {
    delegated: await created((type) => (type % 2 === 0 ? even : odd)),
    neighboursDelegated: await created((type) => (type % 2 === 0 ? odd : even)),
  };
});
