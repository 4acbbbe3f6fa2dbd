/** Maps, pins and mounts through bpf(2), in a guest. */
import { expect, test } from 'vitest';
import type { GuestBuffer } from '../agent/batch.ts';
import { withGuest } from '../api/guest.test-support.ts';
import type { Guest } from '../api/guest.ts';
import * as bpf from './bpf.ts';
import { exit, move, sequence } from './instructions.ts';

const O_DIRECTORY = 0o200000;
const ID_MAPS = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };
const map = { type: bpf.MAP_TYPE.HASH, maxEntries: 4 };
const key = Buffer.from([1, 0, 0, 0]);

let guest: Guest;
withGuest((one) => {
  guest = one;
});

test('elements of a map: written, found, listed, removed', async () => {
  const { root } = guest;
  await using hash = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate(map))).fd;
  expect((await root.bpf(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(hash, key, Buffer.from('abcd')))).errno).toBeNull();
  const lookup = bpf.mapLookup(hash, key, 4);
  const size = (attribute: GuestBuffer) => attribute.bytes.length;
  const found = await root.batch([
    { name: 'bpf', args: [bpf.CMD.MAP_LOOKUP_ELEM, lookup.attribute, size(lookup.attribute)] },
  ]);
  expect(found.contents.get(lookup.value)?.toString()).toBe('abcd');
  const first = bpf.mapNextKey(hash, null, 4);
  const listed = await root.batch([
    { name: 'bpf', args: [bpf.CMD.MAP_GET_NEXT_KEY, first.attribute, size(first.attribute)] },
  ]);
  expect(listed.contents.get(first.next)).toEqual(key);
  expect((await root.bpf(bpf.CMD.MAP_DELETE_ELEM, bpf.mapDelete(hash, key))).errno).toBeNull();
  expect((await root.bpf(bpf.CMD.MAP_DELETE_ELEM, bpf.mapDelete(hash, key))).errno).toBe('ENOENT');
});

test('pinned and got back read-only, from a directory, and by id', async () => {
  const { root } = guest;
  await root.mount('bpffs', '/mnt', 'bpf');
  const hash = (await root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate(map))).fd;
  const directory = (await root.open('/mnt', O_DIRECTORY)).fd;
  expect((await root.bpf(bpf.CMD.OBJ_PIN, bpf.objPath('pin', hash, { directory }))).errno).toBeNull();
  const readOnly = (await root.bpf(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/pin', 0, { flags: bpf.F.RDONLY }))).fd;
  expect((await root.bpf(bpf.CMD.MAP_UPDATE_ELEM, bpf.mapUpdate(readOnly, key, key))).errno).toBe('EPERM');
  const both = bpf.F.RDONLY | bpf.F.WRONLY;
  expect((await root.bpf(bpf.CMD.OBJ_GET, bpf.objPath('/mnt/pin', 0, { flags: both }))).errno).toBe('EINVAL');
  const { attribute, info } = bpf.objInfo(hash);
  const { contents } = await root.batch([{ name: 'bpf', args: [bpf.CMD.OBJ_GET_INFO_BY_FD, attribute, 16] }]);
  const id = contents.get(info)?.readUInt32LE(4) ?? 0;
  expect((await root.bpf(bpf.CMD.MAP_GET_FD_BY_ID, bpf.byId(id))).errno).toBeNull();
  await root.close(directory);
  expect((await root.umount('/mnt')).errno).toBeNull();
});

test('the delegation flow: a token that lets a child load', async () => {
  const { root } = guest;
  const child = await guest.spawn({ userns: ID_MAPS });
  const context = (await child.fsopen('bpf')).fd;
  const atParent = await root.receive(context);
  for (const [option, value] of [
    ['delegate_cmds', 'prog_load:map_create:btf_load'],
    ['delegate_maps', 'stack'],
    ['delegate_progs', 'xdp'],
    ['delegate_attachs', 'xdp'],
  ] as const) {
    expect((await root.fsconfigString(atParent, option, value)).errno).toBeNull();
  }
  expect((await root.fsconfigCreate(atParent)).errno).toBeNull();
  const mounted = (await child.fsmount(context)).fd;
  const directory = (await child.open('.', O_DIRECTORY, 0, mounted)).fd;
  const token = (await child.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory))).fd;
  const program = {
    type: bpf.PROG_TYPE.XDP,
    attachType: bpf.ATTACH_TYPE.XDP,
    instructions: sequence(move(0, 2), exit()),
  };
  expect((await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...program, token }))).errno).toBeNull();
  expect((await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(program))).errno).toBe('EPERM');
  expect((await child.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember('bpf_wq'), token))).errno).toBeNull();
  expect((await child.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember('bpf_wq')))).errno).toBe('EPERM');
  expect((await child.moveMount(mounted, '/mnt')).errno).toBeNull();
  expect(await child.readFile('/proc/self/mounts')).toContain('delegate_maps=stack');
  const picked = (await child.fspick(mounted)).fd;
  expect((await child.fsconfigString(picked, 'delegate_cmds', 'any')).errno).toBe('EPERM');
});
