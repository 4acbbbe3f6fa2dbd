import {
  bpf,
  CAP,
  capabilities,
  type GuestProcess,
  keepCapabilities,
  O,
  PR,
  SUBORDINATE_IDS,
  scenario,
} from 'kconform';
import { EVERYTHING } from '../delegation.ts';
import { allBut, forkNested, forkWith, NO_CAPABILITIES } from '../namespaces.ts';

const DELEGATED = 'delegate_cmds=any,delegate_maps=any,delegate_progs=any,delegate_attachs=any';

const create = async (process: GuestProcess, directory: number) =>
  (await process.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).errno;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const owner = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, owner, EVERYTHING);
  const ownerWith = async (kept: bigint) => create(await forkWith(owner, kept), directory.number);

  const user = await owner.fork();
  await user.syscall('prctl', PR.SET_KEEPCAPS, 1, 0, 0, 0);
  await user.setresuid(1000);
  await keepCapabilities(user, capabilities(CAP.BPF));

  const nested = await forkNested(owner);
  const ofNested = (await bpf.delegateBpffs(guest.root, nested, EVERYTHING)).directory;

  await root.mount('bpffs', '/mnt', 'bpf', 0, DELEGATED);
  const { value: initial } = await root.open('/mnt', O.DIRECTORY);
  const initialWith = async (kept: bigint) => create(await forkWith(root, kept), initial);
  await root.mount('bpffs', '/mnt', 'bpf');
  const { value: undelegated } = await root.open('/mnt', O.DIRECTORY);

  return {
    inTheNamespace: {
      root: await create(owner, directory.number),
      onlyCapBpf: await ownerWith(capabilities(CAP.BPF)),
      userWithCapBpf: await create(user, directory.number),
      allButCapBpf: await ownerWith(allBut(CAP.BPF)),
      onlyCapSysAdmin: await ownerWith(capabilities(CAP.SYS_ADMIN)),
      noCapabilities: await ownerWith(NO_CAPABILITIES),
    },
    inAnother: {
      initialRoot: await create(root, (await root.receive(directory)).number),
      nestedRoot: await create(nested, directory.number),
      parentRoot: await create(owner, (await owner.receive(ofNested)).number),
      nestedOnItsOwn: await create(nested, ofNested.number),
    },
    ofTheInitialNamespace: {
      root: await create(root, initial),
      nothingDelegated: await create(root, undelegated),
      onlyCapBpf: await initialWith(capabilities(CAP.BPF)),
      allButCapBpf: await initialWith(allBut(CAP.BPF)),
      noCapabilities: await initialWith(NO_CAPABILITIES),
    },
  };
});
