import { bpf, FSCONFIG, ResultOf, scenario } from 'kconform';
import { inTurn, sys } from '../../calls.ts';
import { EVERYTHING, ID_MAPS, ownBpffs } from '../../token/delegation.ts';
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
    directory: sys('mkdir', '/mnt/d', 0o700),
  });
  const context = (await root.fsopen('bpf')).fdOrBad;
  const owner = await guest.spawn({ userns: ID_MAPS });
  const { directory } = await ownBpffs(guest, owner, EVERYTHING);

  await allowFailures(guest);
  const [ofRoot, ofOwner] = [await failNth(guest, root), await failNth(guest, owner)];
  const made = (call: Exhausted['call'], undo: 'unlink' | 'rmdir'): Exhausted => ({
    call,
    undo: sys(undo, '/mnt/made'),
  });
  /** Closes what the call before the last two, which tell of the allocations, has opened. */
  const opened = (call: Exhausted['call']): Exhausted => ({ call, undo: sys('close', new ResultOf(1)) });
  const outcomes = await inTurn(
    {
      contextOpened: opened(sys('fsopen', 'bpf', 0)),
      optionSet: { call: sys('fsconfig', context, FSCONFIG.SET_STRING, 'delegate_cmds', '0x1', 0) },
      mounted: {
        before: [sys('fsopen', 'bpf', 0)],
        call: sys('fsconfig', new ResultOf(0), FSCONFIG.CMD_CREATE, null, null, 0),
        after: [sys('close', new ResultOf(0))],
      },
      directory: made(sys('mkdir', '/mnt/made', 0o700), 'rmdir'),
      symlink: made(sys('symlink', 'some/where', '/mnt/made'), 'unlink'),
      pinned: made(pin('/mnt/made', map), 'unlink'),
      objGet: opened(get('/mnt/map')),
      read: opened(sys('open', '/mnt/map', 0)),
    },
    (each) => failEach(root, ofRoot, each),
  );
  const token = await failEach(owner, ofOwner, opened(bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))));
  const grown = {
    symlink: await grownKiB(guest, root, ofRoot, made(sys('symlink', LONG_TARGET, '/mnt/made'), 'unlink')),
    read: await grownKiB(guest, root, ofRoot, opened(sys('open', '/mnt/large', 0))),
  };
  return { ...outcomes, token, grown };
});
