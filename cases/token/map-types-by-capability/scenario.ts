import { bpf, CAP, capabilities, eachOf, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { mapsOfAllTypes, partsOfMaps } from '../map-types.ts';
import { forkWith, NO_CAPABILITIES } from '../namespaces.ts';

export default scenario(async ({ guest }) => {
  // With the default, 2, every type needs CAP_BPF, and what the type itself asks for does not show.
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, EVERYTHING);
  const maps = mapsOfAllTypes(await partsOfMaps(child, token));
  const createdWith = async (kept: bigint) => {
    const process = await forkWith(child, kept);
    return process.errnos(
      eachOf(maps, (map) => bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...map, token: token.number }))),
    );
  };
  return {
    nothing: await createdWith(NO_CAPABILITIES),
    bpf: await createdWith(capabilities(CAP.BPF)),
    netAdmin: await createdWith(capabilities(CAP.NET_ADMIN)),
    sysAdmin: await createdWith(capabilities(CAP.SYS_ADMIN)),
  };
});
