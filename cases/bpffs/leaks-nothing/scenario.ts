import { bpf, type Call, FSCONFIG, ResultOf, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { EVERYTHING } from '../../token/delegation.ts';
import { get, newLink, newMap, pin } from '../objects.ts';
import { INT, pairOfInts, VALUE } from '../read-pins/btf.ts';

/** kmemleak overlooks a few objects, to which a stale pointer still leads: hence more than one of each. */
const TIMES = 50;

/** The harness looks for leaks when the scenario is over. */
export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt && mkdir /tmp/other`;
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(pairOfInts()))).fd;
  const map = await newMap(root, { valueSize: 8, btf: { fd: btf, key: INT, value: VALUE } });
  await root.errnos({ map: pin('/mnt/map', map), link: pin('/mnt/link', await newLink(root)) });
  const owner = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, owner, EVERYTHING);
  const create = bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory));
  const undelegated = (await bpf.delegateBpffs(guest.root, owner, {})).directory;

  /** How often each of the calls failed, and with what at first. */
  const repeated = async (calls: readonly Call[], process = root) => {
    const { iterations, calls: summaries } = await process.repeat(TIMES, calls);
    const told = summaries.map(({ failures, firstError }) => `${failures} ${firstError ?? ''}`.trim());
    return `${iterations}: ${told.join(', ')}`;
  };
  const before = new ResultOf(0);
  return {
    mounted: await repeated([
      syscall('mount', 'bpffs', '/tmp/other', 'bpf', 0, null),
      syscall('umount2', '/tmp/other', 0),
    ]),
    notMounted: await repeated([syscall('mount', 'bpffs', '/tmp/other', 'bpf', 0, 'mode=9')]),
    contextOnly: await repeated([syscall('fsopen', 'bpf', 0), syscall('close', before)]),
    contextCreated: await repeated([
      syscall('fsopen', 'bpf', 0),
      syscall('fsconfig', before, FSCONFIG.CMD_CREATE, null, null, 0),
      syscall('close', before),
    ]),
    symlink: await repeated([syscall('symlink', 'some/where', '/mnt/symlink'), syscall('unlink', '/mnt/symlink')]),
    symlinkThere: await repeated([syscall('symlink', 'some/where', '/mnt/map')]),
    directory: await repeated([syscall('mkdir', '/mnt/d', 0o755), syscall('rmdir', '/mnt/d')]),
    read: await repeated([syscall('open', '/mnt/map', 0), syscall('close', before)]),
    pinned: await repeated([pin('/mnt/pin', map), syscall('unlink', '/mnt/pin')]),
    notPinned: await repeated([pin('/mnt/map', map), pin('/tmp/pin', map)]),
    objGet: await repeated([get('/mnt/map'), syscall('close', before)]),
    objGetRefused: await repeated([get('/mnt/link', { flags: bpf.F.RDONLY }), get('/mnt')]),
    token: await repeated([create, syscall('close', before)], owner),
    noToken: await repeated(
      [
        bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(undelegated)),
        bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(-1)),
      ],
      owner,
    ),
  };
});
