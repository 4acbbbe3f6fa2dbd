import { bpf, FSCONFIG, O, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { createToken } from '../delegation.ts';
import { STACK } from '../objects.ts';

const VALUE = Buffer.from('kept');

/** Every step by itself; bpf.delegateBpffs is the short form of it. */
export default scenario(async ({ guest }) => {
  const { root } = guest;
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const opened = await child.fsopen('bpf');
  const atRoot = await root.receive(opened.fdOrBad);
  const byRoot = await root.errnos({
    delegateCommand: syscall('fsconfig', atRoot, FSCONFIG.SET_STRING, 'delegate_cmds', 'map_create', 0),
    delegateMap: syscall('fsconfig', atRoot, FSCONFIG.SET_STRING, 'delegate_maps', 'stack', 0),
    create: syscall('fsconfig', atRoot, FSCONFIG.CMD_CREATE, null, null, 0),
  });
  const mounted = await root.fsmount(atRoot);
  const mount = await child.receive(mounted.fdOrBad);
  const directory = await child.open('.', O.DIRECTORY, 0, mount);
  const { facts } = await child.fstat(directory.fdOrBad);
  const token = await createToken(child, directory.fdOrBad);
  const attached = await child.moveMount(mount, '/mnt');

  const map = (await child.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token }))).fdOrBad;
  const objects = await child.errnos({
    pin: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/map', map)),
    get: bpf.call(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/map')),
    pinWithDot: bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath('/mnt/map.pinned', map)),
    directory: syscall('mkdir', '/mnt/directory', 0o755),
    directoryWithDot: syscall('mkdir', '/mnt/direc.tory', 0o755),
    push: bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(map, null, VALUE)),
  });
  const again = (await child.bpf(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/map'))).fdOrBad;
  const popped = bpf.mapLookup(again, null, VALUE.length);
  const { contents } = await child.batch([bpf.call(bpf.CMD.MAP_LOOKUP_AND_DELETE_ELEM, popped.attribute)]);

  const byChild = await child.fsopen('bpf');
  const atRootToo = await root.receive(byChild.fdOrBad);
  await root.fsconfigString(atRootToo, 'delegate_cmds', 'any');
  const fsmountBefore = (await child.fsmount(byChild.fdOrBad)).errno;
  await root.fsconfigCreate(atRootToo);
  const own = await child.fsmount(byChild.fdOrBad);
  const ownDirectory = await child.open('.', O.DIRECTORY, 0, own.fdOrBad);
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
      token: (await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(ownDirectory.value))).errno,
    },
  };
});
