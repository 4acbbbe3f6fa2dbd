import { FSCONFIG, scenario, syscall } from 'kconform';
import { spawnOwnedBy } from '../namespaces.ts';

const OWNER = 1000;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const child = await spawnOwnedBy(guest, OWNER);
  const context = (await child.fsopen('bpf')).fdOrBad;
  const atRoot = await root.receive(context);
  // Capabilities over the namespace of the context, as its owner has them, are not what is asked for.
  const owner = await guest.spawn({ uid: OWNER, gid: OWNER });
  const atOwner = await owner.receive(context);
  const byOwner = await owner.errnos({
    delegate: syscall('fsconfig', atOwner, FSCONFIG.SET_STRING, 'delegate_cmds', 'any', 0),
    delegateNothing: syscall('fsconfig', atOwner, FSCONFIG.SET_STRING, 'delegate_cmds', '0', 0),
  });
  const before = (await root.fsconfigString(atRoot, 'delegate_cmds', 'any')).errno;
  const create = (await owner.fsconfigCreate(atOwner)).errno;
  const afterwards = await root.errnos({
    delegate: syscall('fsconfig', atRoot, FSCONFIG.SET_STRING, 'delegate_cmds', 'any', 0),
    create: syscall('fsconfig', atRoot, FSCONFIG.CMD_CREATE, null, null, 0),
    fsmount: syscall('fsmount', atRoot, 0, 0),
  });
  return { byOwner: { ...byOwner, create }, byRoot: { before, afterwards } };
});
