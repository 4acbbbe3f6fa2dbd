/** Programs and types (BTF) through bpf(2), in a guest. */
import { expect, test } from 'vitest';
import { GuestBuffer } from '../agent/batch.ts';
import { withGuest } from '../api/guest.test-support.ts';
import type { Guest } from '../api/guest.ts';
import * as bpf from './bpf.ts';
import {
  alu,
  atomicAdd,
  call,
  copy,
  exit,
  jumpIf,
  load,
  loadImmediate64,
  loadMap,
  move,
  sequence,
  storeImmediate,
} from './instructions.ts';

const map = { type: bpf.MAP_TYPE.HASH, maxEntries: 4 };

let guest: Guest;
withGuest((one) => {
  guest = one;
});

test('a program with jumps, memory and a map, run; elements in batches; ids one after another', async () => {
  const { root } = guest;
  const array = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, valueSize: 8 }))).fd;
  const counts = sequence(
    storeImmediate('word', 10, -4, 0), // the key
    loadMap(1, array.number),
    copy(2, 10),
    alu('add', 2, -4),
    call(1), // bpf_map_lookup_elem
    jumpIf('ne', 0, 0, 2),
    move(0, 1),
    exit(),
    loadImmediate64(1, 0x100000005n),
    atomicAdd('double', 0, 0, 1),
    load('double', 3, 0),
    alu('rsh', 3, 32),
    copy(0, 3),
    exit(),
  );
  const program = (await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ type: bpf.PROG_TYPE.XDP, instructions: counts })))
    .fd;
  const run = bpf.progTestRun(program, Buffer.alloc(64));
  const { contents } = await root.batch([bpf.call(bpf.CMD.PROG_TEST_RUN, run)]);
  expect(contents.get(run)?.readUInt32LE(4)).toBe(1); // the upper half of what the map holds now
  const next = bpf.nextId(0);
  expect(
    (await root.batch([bpf.call(bpf.CMD.PROG_GET_NEXT_ID, next)])).contents.get(next)?.readUInt32LE(4),
  ).toBeGreaterThan(0);
  const hash = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate(map))).fd;
  const batch = bpf.mapBatch(hash, Buffer.from([1, 0, 0, 0, 2, 0, 0, 0]), 2, Buffer.from('oneatwob'));
  expect((await root.bpf(bpf.CMD.MAP_UPDATE_BATCH, batch)).errno).toBeNull();
  const two = bpf.mapLookup(hash, Buffer.from([2, 0, 0, 0]), 4);
  const found = await root.batch([bpf.call(bpf.CMD.MAP_LOOKUP_ELEM, two.attribute)]);
  expect(found.contents.get(two.value)?.toString()).toBe('twob');
});

test('BTF of structures, pointers and functions is what the kernel takes', async () => {
  const btf = new bpf.Btf();
  const int = btf.int('int', 4);
  const pair = btf.struct('pair', 8, [
    { name: 'first', type: int, at: 0 },
    { name: 'second', type: int, at: 4 },
  ]);
  btf.func('of_pair', int, [{ name: 'p', type: btf.pointer(pair) }]);
  btf.typedef('ints', btf.array(int, int, 3));
  expect((await guest.root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(btf.blob()))).errno).toBeNull();
  const broken = new bpf.Btf();
  broken.pointer(99);
  expect((await guest.root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(broken.blob()))).errno).toBe('EINVAL');
});

test('a timer is found in the BTF of a value', async () => {
  const blob = bpf.structWithMember('bpf_timer');
  expect(blob.length).toBe(97);
  expect((await guest.root.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(blob))).errno).toBeNull();
});

test('an LSM program is loaded for a hook found in the kernel’s BTF, attached, and refuses until it is closed', async () => {
  const { root } = guest;
  const refuse = {
    type: bpf.PROG_TYPE.LSM,
    attachType: bpf.ATTACH_TYPE.LSM_MAC,
    attachBtfId: await bpf.kernelBtfId(root, 'bpf_lsm_path_mkdir', bpf.BTF_KIND.FUNC),
    instructions: sequence(move(0, -13), exit()),
  };
  const program = (await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(refuse))).fd;
  const link = (await root.bpf(bpf.CMD.RAW_TRACEPOINT_OPEN, bpf.rawTracepointOpen(program))).fd;
  expect((await root.mkdir('/tmp/refused')).errno).toBe('EACCES');
  await root.close(link);
  expect((await root.mkdir('/tmp/refused')).errno).toBeNull();
  await expect(bpf.kernelBtfId(root, 'no_such_function', bpf.BTF_KIND.FUNC)).rejects.toMatchObject({
    code: 'KC_NO_BTF_TYPE',
  });
});

test('a program runs on a packet, and the log of the verifier says why it rejects one', async () => {
  const xdp = { type: bpf.PROG_TYPE.XDP, name: 'two', instructions: sequence(copy(2, 1), move(0, 2), exit()) };
  const program = (await guest.root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(xdp))).fd;
  const run = bpf.progTestRun(program, Buffer.alloc(64));
  const { contents } = await guest.root.batch([bpf.call(bpf.CMD.PROG_TEST_RUN, run)]);
  expect(contents.get(run)?.readUInt32LE(4)).toBe(2);
  const log = new GuestBuffer(Buffer.alloc(4096), true);
  const nothingReturned = bpf.call(
    bpf.CMD.PROG_LOAD,
    bpf.progLoad({ type: bpf.PROG_TYPE.XDP, instructions: exit(), log }),
  );
  const refused = await guest.root.batch([nothingReturned]);
  expect(refused.calls[0]?.last.errno).toBe('EACCES');
  expect(refused.contents.get(log)?.toString('latin1')).toContain('R0 !read_ok');
});
