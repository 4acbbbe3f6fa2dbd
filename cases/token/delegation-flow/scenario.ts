import { BPF, bpfCall, FSCONFIG, mapCreate, mapLookup, mapUpdate, objPath, scenario, tokenCreate } from 'kconform';
import { createToken, ID_MAPS } from '../delegation.ts';
import { STACK } from '../objects.ts';

const O_DIRECTORY = 0o200000;
const VALUE = Buffer.from('kept');

/** Every step by itself; ownBpffs in ../delegation.ts is the short form of it. */
export default scenario(async ({ guest }) => {
  const { root } = guest;
  const child = await guest.spawn({ userns: ID_MAPS });
  const opened = await child.fsopen('bpf');
  const atRoot = await root.receive(opened.fdOrBad);
  const byRoot = await root.errnos({
    delegateCommand: { name: 'fsconfig', args: [atRoot, FSCONFIG.SET_STRING, 'delegate_cmds', 'map_create', 0] },
    delegateMap: { name: 'fsconfig', args: [atRoot, FSCONFIG.SET_STRING, 'delegate_maps', 'stack', 0] },
    create: { name: 'fsconfig', args: [atRoot, FSCONFIG.CMD_CREATE, null, null, 0] },
  });
  const mounted = await root.fsmount(atRoot);
  const mount = await child.receive(mounted.fdOrBad);
  const directory = await child.open('.', O_DIRECTORY, 0, mount);
  const { facts } = await child.fstat(directory.fdOrBad);
  const token = await createToken(child, directory.fdOrBad);
  const attached = await child.moveMount(mount, '/mnt');

  const map = (await child.bpf(BPF.MAP_CREATE, mapCreate({ ...STACK, token }))).fdOrBad;
  const objects = await child.errnos({
    pin: bpfCall(BPF.OBJ_PIN, objPath('/mnt/map', map)),
    get: bpfCall(BPF.OBJ_GET, objPath('/mnt/map')),
    pinWithDot: bpfCall(BPF.OBJ_PIN, objPath('/mnt/map.pinned', map)),
    directory: { name: 'mkdir', args: ['/mnt/directory', 0o755] },
    directoryWithDot: { name: 'mkdir', args: ['/mnt/direc.tory', 0o755] },
    push: bpfCall(BPF.MAP_UPDATE_ELEM, mapUpdate(map, null, VALUE)),
  });
  const again = (await child.bpf(BPF.OBJ_GET, objPath('/mnt/map'))).fdOrBad;
  const popped = mapLookup(again, null, VALUE.length);
  const { contents } = await child.program([bpfCall(BPF.MAP_LOOKUP_AND_DELETE_ELEM, popped.attribute)]);

  const byChild = await child.fsopen('bpf');
  const atRootToo = await root.receive(byChild.fdOrBad);
  await root.fsconfigString(atRootToo, 'delegate_cmds', 'any');
  const fsmountBefore = (await child.fsmount(byChild.fdOrBad)).errno;
  await root.fsconfigCreate(atRootToo);
  const own = await child.fsmount(byChild.fdOrBad);
  const ownDirectory = await child.open('.', O_DIRECTORY, 0, own.fdOrBad);
  return {
    fsopen: opened.errno,
    byRoot,
    fsmount: mounted.errno,
    owner: { uid: facts?.uid ?? null, gid: facts?.gid ?? null },
    moveMount: attached.errno,
    objects,
    value: contents.get(popped.value)?.toString() ?? null,
    mountedByChild: {
      before: fsmountBefore,
      fsmount: own.errno,
      token: (await child.bpf(BPF.TOKEN_CREATE, tokenCreate(ownDirectory.value))).errno,
    },
  };
});
