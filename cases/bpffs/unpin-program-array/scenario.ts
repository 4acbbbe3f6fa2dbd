import { bpf, instruction, scenario, syscall } from 'kconform';
import { isThere, newMap, newProgram, pin, released } from '../objects.ts';

const { call, exit, loadMap, move, sequence } = instruction;

const TAIL_CALL = 12;

/** A program of the array is held by its entry alone; the array by a program that calls into it, which is no user of it. */
export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.$`mount -t bpf bpffs /mnt`;
  const array = await newMap(root, { type: bpf.MAP_TYPE.PROG_ARRAY });
  const arrayId = await bpf.objectId(root, array, 'map');
  const callee = await newProgram(root);
  const calleeId = await bpf.objectId(root, callee, 'program');
  const calleeFd = Buffer.alloc(4);
  calleeFd.writeInt32LE(callee.number);
  const tailCall = sequence(loadMap(2, array.number), move(3, 0), call(TAIL_CALL), move(0, 0), exit());
  const caller = bpf.progLoad({ type: bpf.PROG_TYPE.SOCKET_FILTER, instructions: tailCall });
  await root.bpf(bpf.CMD.PROG_LOAD, caller);
  const setUp = await root.errnos({
    set: bpf.call(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(array, Buffer.alloc(4), calleeFd)),
    closeCallee: syscall('close', callee),
    pin: pin('/mnt/array', array),
    pinAgain: pin('/mnt/again', array),
    closeArray: syscall('close', array),
  });
  const there = async () => ({
    callee: await isThere(root, 'program', calleeId),
    array: await isThere(root, 'map', arrayId),
  });
  const pinned = await there();
  const unlinkOne = (await root.unlink('/mnt/again')).errno;
  const oneLeft = await there();
  const unlinkLast = (await root.unlink('/mnt/array')).errno;
  return {
    setUp,
    pinned,
    unlinkOne,
    oneLeft,
    unlinkLast,
    released: { callee: await released(root, 'program', calleeId), array: !(await isThere(root, 'map', arrayId)) },
  };
});
