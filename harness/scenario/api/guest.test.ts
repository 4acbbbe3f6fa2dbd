import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { type Argument, type Call, GuestBuffer } from '../agent/batch.ts';
import * as bpf from '../bpf/bpf.ts';
import * as instruction from '../bpf/instructions.ts';

import type { SyscallName } from '../syscalls/numbers.ts';
import { AT, CLONE, MOUNT_ATTR, SIG } from './constants.ts';
import { createGuest, type Guest } from './guest.ts';
import { race } from './race.ts';
import { CAP, capabilities } from './spawn.ts';

const { alu, atomicAdd, call, copy, exit, jumpIf, load, loadImmediate64, loadMap, move, sequence, storeImmediate } =
  instruction;

const sys = (name: SyscallName, ...args: readonly Argument[]): Call => ({ name, args });
const O_DIRECTORY = 0o200000;
const ID_MAPS = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

let machine: GuestMachine;
let guest: Guest;

beforeAll(async () => {
  const kernel = await resolveKernel('6.12');
  const signal = new AbortController().signal;
  const environment = await prepareEnvironment(kernel, undefined, () => undefined);
  machine = await (await environment.guestsOf(kernel, 'clone', () => undefined, signal)).start(signal);
  guest = await createGuest(machine.agent);
});
afterAll(() => machine?.[Symbol.asyncDispose]());

describe('system calls', () => {
  test('files: made, renamed, linked, read, statted, removed', async () => {
    const { root } = guest;
    expect((await root.mkdir('/tmp/t', 0o750)).errno).toBeNull();
    {
      await using file = (await root.open('/tmp/t/a', 0o102, 0o600)).fd;
      expect((await root.write(file, 'text')).value).toBe(4);
      expect((await root.fstat(file)).facts?.size).toBe(4);
    }
    expect((await root.link('/tmp/t/a', '/tmp/t/b')).errno).toBeNull();
    expect((await root.symlink('b', '/tmp/t/c')).errno).toBeNull();
    expect((await root.readlink('/tmp/t/c')).text).toBe('b');
    expect((await root.stat('/tmp/t/c')).facts).toMatchObject({ nlink: 2, mode: 0o100600 });
    expect((await root.lstat('/tmp/t/c')).facts?.mode).toBe(0o120777);
    expect((await root.chown('/tmp/t/a', 5, 6)).errno).toBeNull();
    expect((await root.chmod('/tmp/t/a', 0o644)).errno).toBeNull();
    expect(await guest.stat('/tmp/t/b')).toMatchObject({ uid: 5, gid: 6, mode: 0o100644 });
    expect((await root.rename('/tmp/t/a', '/tmp/t/d', 1)).errno).toBeNull();
    expect((await root.rmdir('/tmp/t')).errno).toBe('ENOTEMPTY');
    expect((await root.statfs('/tmp')).facts?.type).toBe(0x01021994); // TMPFS_MAGIC
    expect((await root.open('/tmp/none')).errno).toBe('ENOENT');
    expect(await guest.exists('/tmp/t/b')).toBe(true);
  });

  test('umask and file-system ids are the process’s own', async () => {
    const child = await guest.spawn();
    expect((await child.umask(0o077)).value).toBe(0o022);
    await child.setfsgid(8);
    await child.setfsuid(9);
    await child.mkdir('/tmp/own', 0o777);
    expect(await guest.stat('/tmp/own')).toMatchObject({ uid: 9, gid: 8, mode: 0o040700 });
    expect((await guest.root.umask(0o022)).value).toBe(0o022);
  });
});

test('many calls in one round trip, each by its name', async () => {
  const missing = { type: bpf.MAP_TYPE.UNSPEC, keySize: 0 };
  const map = bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY });
  expect(
    await guest.root.errnos({
      made: { name: 'mkdir', args: ['/tmp/once', 0o755] },
      again: { name: 'mkdir', args: ['/tmp/once', 0o755] },
      map: bpf.call(bpf.CMD.MAP_CREATE, map),
      noMap: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate(missing)),
      tooLong: bpf.call(bpf.CMD.MAP_CREATE, map, 4097),
    }),
  ).toEqual({ made: null, again: 'EEXIST', map: null, noMap: 'EINVAL', tooLong: 'E2BIG' });
});

describe('processes', () => {
  test('a user keeps the capabilities that are asked for, and no others', async () => {
    const child = await guest.spawn({ uid: 1000, gid: 1000, capabilities: capabilities(CAP.CHOWN) });
    const status = await child.readFile('/proc/self/status');
    expect(status).toMatch(/^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
    expect(status).toMatch(/^CapEff:\s+0000000000000001$/m);
  });

  test('a process that is disposed of has ended, however long its memory takes to be freed', async () => {
    const PRIVATE_POPULATED = 0x8022; // MAP_POPULATE | MAP_ANONYMOUS | MAP_PRIVATE
    let pid = 0;
    {
      await using child = await guest.root.fork();
      expect((await child.syscall('mmap', 0, 96 << 20, 3, PRIVATE_POPULATED, -1, 0)).errno).toBeNull();
      pid = child.pid;
    }
    // Its parent, root's process, has not asked for its status: what is left is a zombie, which holds nothing.
    expect(await guest.root.readFile(`/proc/${pid}/stat`)).toMatch(/\) Z /);
  });

  test('a mount namespace of its own', async () => {
    const child = await guest.spawn({ mountns: true });
    expect((await child.mount('none', '/mnt', 'tmpfs')).errno).toBeNull();
    expect(await guest.mountOptions('/mnt')).toBeNull();
    expect(await child.readFile('/proc/self/mounts')).toContain(' /mnt tmpfs ');
  });

  test('threads race for one memory and one table of descriptors; a deadline tells where in the kernel each stands', async () => {
    const both = await guest.spawn();
    const word = new GuestBuffer(Buffer.from('full'), true);
    const options = { repeat: 1000 };
    const [opener, closer] = await race(
      // 300 is open between the two calls alone, and any round may find that the other thread has just closed it.
      { process: both, calls: [sys('dup2', 0, 300), sys('close', 300), sys('gettid')], options },
      {
        process: both,
        calls: [sys('close', 300), sys('getrandom', word, 4, 0), sys('gettid'), sys('getpid')],
        options,
      },
    );
    const closed = (opener?.calls[1]?.failures ?? 0) + (closer?.calls[0]?.failures ?? 0);
    expect(closed).toBe(1000); // of two thousand attempts to close what was opened a thousand times
    expect(closer?.contents.get(word)?.toString()).not.toBe('full');
    expect(closer?.calls[3]?.last.value).toBe(both.pid);
    expect(new Set([both.pid, opener?.calls[2]?.last.value, closer?.calls[2]?.last.value]).size).toBe(3);
    const limited = { limitMs: 300 };
    const stuck = race(
      { process: both, calls: [sys('pause')], options: limited },
      { process: both, calls: [sys('poll', null, 0, -1)] },
    );
    const error: unknown = await stuck.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KC_STUCK', blame: 'case' });
    expect(error).toHaveProperty(
      'evidence.output',
      expect.stringMatching(/futex(.|\n)*\nthread \d+\n(.|\n)*pause(.|\n)*\nthread \d+\n(.|\n)*poll/),
    );
  });

  const SHARING = CLONE.VM | SIG.CHLD;
  const clone3 = Buffer.alloc(88); // struct clone_args (linux/sched.h)
  clone3.writeUInt32LE(CLONE.VM | CLONE.VFORK, 0);
  clone3.writeUInt32LE(SIG.CHLD, 32);
  test.each<readonly [string, Call]>([
    ['fork', { name: 'fork', args: [] }],
    ['vfork', { name: 'vfork', args: [] }],
    ['clone with CLONE_VM and CLONE_VFORK', { name: 'clone', args: [SHARING | CLONE.VFORK] }],
    ['clone with CLONE_VM', { name: 'clone', args: [SHARING] }],
    ['clone3 with CLONE_VM and CLONE_VFORK', { name: 'clone3', args: [new GuestBuffer(clone3), 88] }],
  ])("a scenario's own %s ends at once, and leaves the process and its threads in order", async (_, call) => {
    await using process = await guest.spawn();
    const next = sys('getpid');
    const { calls } = await process.repeat(3, [call, next], { limitMs: 5_000 });
    const threads = await process.threads([{ calls: [call, next] }, { calls: [call, next] }], 5_000);
    for (const [made, pid] of [calls, ...threads.map((thread) => thread.calls)]) {
      expect(made).toMatchObject({ failures: 0, last: { errno: null } });
      expect(made?.last.value).toBeGreaterThan(0);
      expect(pid?.last.value).toBe(process.pid);
    }
  });

  test('a stuck call is told with its place in the kernel', async () => {
    const child = await guest.spawn();
    const waiting = child.syscall('pause').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await child.kernelStack()).toMatch(/pause|schedule/);
    await child.kill(9);
    expect(await waiting).toMatchObject({ code: 'KC_PROCESS_ENDED' });
    expect(await child.ended()).toEqual({ exitCode: null, signal: 9 });
  });
});

describe('bpf(2)', () => {
  const map = { type: bpf.MAP_TYPE.HASH, maxEntries: 4 };
  const key = Buffer.from([1, 0, 0, 0]);

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

  test('attributes of a mount', async () => {
    const child = await guest.spawn({ mountns: true });
    await child.mount('bpffs', '/mnt', 'bpf');
    expect(
      (await child.mountSetattr(AT.FDCWD, '/mnt', { set: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOEXEC })).errno,
    ).toBeNull();
    expect(await child.readFile('/proc/self/mounts')).toMatch(/ \/mnt bpf ro,noexec,/);
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

  test('a program is run on a packet, and the verifier tells in its log why it refuses one', async () => {
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
});

describe('the shell', () => {
  test('values are quoted, the last line feed is gone, a failure is the case’s', async () => {
    expect((await guest.$`echo ${"it's; $HOME"} ${['a b', 'c']}`).stdout).toBe("it's; $HOME a b c");
    await expect(guest.$`exit 3`).rejects.toMatchObject({ code: 'KC_SHELL_FAILED', blame: 'case' });
    expect((await guest.$.nothrow`exit 3`).exitCode).toBe(3);
  });

  test('binary output is the case’s fault; exec gives bytes', async () => {
    await expect(guest.$`printf '\\377'`).rejects.toMatchObject({ code: 'KC_OBSERVATION', blame: 'case' });
    expect((await guest.exec("printf '\\377\\000'")).stdout).toEqual(Buffer.from([0xff, 0]));
  });

  test('files are written and read', async () => {
    await guest.writeFile('/tmp/file', 'ä\n');
    expect(await guest.readFile('/tmp/file')).toBe('ä\n');
  });
});
