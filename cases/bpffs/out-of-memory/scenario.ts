import { bpf, eachInTurn, FSCONFIG, ResultOf, SUBORDINATE_IDS, scenario, syscall } from 'kconform';
import { EVERYTHING } from '../../token/delegation.ts';
import { get, mapWithLargeKey, newMap, pin } from '../objects.ts';
import { INT, pairOfInts, VALUE } from '../read-pins/btf.ts';
import { allowFailures, type Exhausted, failEach, failNth, grownKiB } from './failures.ts';

/** As long as a target can be: this much is kept of it (PATH_MAX less the end of the string). */
const LONG_TARGET = 'x'.repeat(4095);

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const btf = (await root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(pairOfInts()))).fd;
  const map = await newMap(root, { valueSize: 8, btf: { fd: btf, key: INT, value: VALUE } });
  const large = await mapWithLargeKey(root);
  await root.errnos({
    map: pin('/mnt/map', map),
    large: pin('/mnt/large', large),
    directory: syscall('mkdir', '/mnt/d', 0o700),
  });
  const context = (await root.fsopen('bpf')).fdOrBad;
  const owner = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, owner, EVERYTHING);

  await allowFailures(guest);
  const [ofRoot, ofOwner] = [await failNth(guest, root), await failNth(guest, owner)];
  const made = (call: Exhausted['call'], undo: 'unlink' | 'rmdir'): Exhausted => ({
    call,
    undo: syscall(undo, '/mnt/made'),
  });
  /** Closes what the call before the last two, which tell of the allocations, has opened. */
  const opened = (call: Exhausted['call']): Exhausted => ({ call, undo: syscall('close', new ResultOf(1)) });
  const outcomes = await eachInTurn(
    {
      contextOpened: opened(syscall('fsopen', 'bpf', 0)),
      optionSet: { call: syscall('fsconfig', context, FSCONFIG.SET_STRING, 'delegate_cmds', '0x1', 0) },
      mounted: {
        before: [syscall('fsopen', 'bpf', 0)],
        call: syscall('fsconfig', new ResultOf(0), FSCONFIG.CMD_CREATE, null, null, 0),
        after: [syscall('close', new ResultOf(0))],
      },
      directory: made(syscall('mkdir', '/mnt/made', 0o700), 'rmdir'),
      symlink: made(syscall('symlink', 'some/where', '/mnt/made'), 'unlink'),
      pinned: made(pin('/mnt/made', map), 'unlink'),
      objGet: opened(get('/mnt/map')),
      read: opened(syscall('open', '/mnt/map', 0)),
    },
    (each) => failEach(root, ofRoot, each),
  );
  const token = await failEach(owner, ofOwner, opened(bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))));
  const grown = {
    symlink: await grownKiB(guest, root, ofRoot, made(syscall('symlink', LONG_TARGET, '/mnt/made'), 'unlink')),
    read: await grownKiB(guest, root, ofRoot, opened(syscall('open', '/mnt/large', 0))),
  };
  return { ...outcomes, token, grown };
});
