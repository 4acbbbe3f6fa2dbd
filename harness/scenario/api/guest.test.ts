import { describe, expect, test } from 'vitest';
import * as bpf from '../bpf/bpf.ts';
import { AT, MOUNT_ATTR } from './constants.ts';
import { withGuest } from './guest.test-support.ts';
import type { Guest } from './guest.ts';

let guest: Guest;
withGuest((one) => {
  guest = one;
});

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

  test('attributes of a mount', async () => {
    const child = await guest.spawn({ mountns: true });
    await child.mount('bpffs', '/mnt', 'bpf');
    expect(
      (await child.mountSetattr(AT.FDCWD, '/mnt', { set: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOEXEC })).errno,
    ).toBeNull();
    expect(await child.readFile('/proc/self/mounts')).toMatch(/ \/mnt bpf ro,noexec,/);
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
    const bytes = Buffer.alloc(3_000_001, Buffer.from([0, 255, 10, 128, 7]));
    await guest.writeFile('/tmp/bytes', bytes, { mode: 0o4750 });
    expect((await guest.readBytes('/tmp/bytes')).equals(bytes)).toBe(true);
    expect((await guest.stat('/tmp/bytes')).mode & 0o7777).toBe(0o4750);
    await guest.writeFile('/tmp/bytes', new Uint8Array([1, 2]));
    expect([...(await guest.readBytes('/tmp/bytes'))]).toEqual([1, 2]);
    expect((await guest.stat('/tmp/bytes')).mode & 0o7777).toBe(0o4750);
  });
});
