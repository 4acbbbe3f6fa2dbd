import { type GuestProcess, SUBORDINATE_IDS, scenario } from 'kconform';
import { EVERYTHING, ownToken } from '../delegation.ts';
import { forkNested, forkWith, NO_CAPABILITIES, spawnOwnedBy } from '../namespaces.ts';
import { useToken } from '../objects.ts';

const OWNER = 1000;
const OTHER = 1001;

export default scenario(async ({ guest }) => {
  const child = await spawnOwnedBy(guest, OWNER);
  const token = await ownToken(guest, child, EVERYTHING);
  const given = async (process: GuestProcess) => useToken(process, await process.receive(token));

  const nested = await forkNested(child);
  const ofNested = await ownToken(guest, nested, EVERYTHING);
  const owner = await guest.spawn({ uid: OWNER, gid: OWNER });

  return {
    inside: await useToken(child, token),
    initialRoot: await given(guest.root),
    initialRootWithoutCapabilities: await given(await forkWith(guest.root, NO_CAPABILITIES)),
    initialOther: await given(await guest.spawn({ uid: OTHER, gid: OTHER })),
    otherNamespace: await given(await guest.spawn({ userns: SUBORDINATE_IDS })),
    nested: await useToken(nested, token.number),
    parentOfNested: await useToken(child, await child.receive(ofNested)),
    ownerWithoutToken: await useToken(owner),
    ownerWithToken: await given(owner),
  };
});
