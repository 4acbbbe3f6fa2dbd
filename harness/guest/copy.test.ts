import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startClone } from '../run/clone.test-support.ts';
import { type Copy, copy } from './copy.ts';
import type { GuestMachine } from './guest-machine.ts';
import { SshAccess } from './ssh/access.ts';
import type { OrdinaryConnection } from './ssh/ordinary.ts';

let folder: string;
let machine: GuestMachine;
let access: SshAccess;
let connection: OrdinaryConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-copy-'));
  await mkdir(join(folder, 'tree/inner'), { recursive: true });
  await writeFile(join(folder, 'tree/inner/leaf'), 'a leaf\n');
  await mkdir(join(folder, 'large'));
  for (const name of ['large/file', 'large-file']) {
    await writeFile(join(folder, name), '');
    await truncate(join(folder, name), 24 << 20); // far more than pipes and windows hold
  }
  machine = await startClone();
  access = await SshAccess.open(machine);
  connection = await access.connect();
  const made = await machine.agent.exec(`cd /mnt && mkdir small fixed && mount -t tmpfs -o size=1m none small &&
    mkdir fixed/inner && mount -t tmpfs -o ro none fixed && echo text > a-file && mkdir -p dir/inner/leaf dir/file`);
  expect(made.stderr.toString()).toBe('');
});
afterAll(async () => {
  connection?.[Symbol.dispose]();
  await access?.[Symbol.asyncDispose]();
  await machine?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function told(direction: Copy['direction'], from: string, to: string): Promise<string> {
  const error: unknown = await copy(connection, { direction, from, to }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'KC_COPY', blame: 'host' });
  const words = String(error);
  expect(words).toContain(`cannot copy ${from} to ${to}: `);
  expect(words.split('\n').length).toBe(1);
  return words;
}

describe('inwards, one clear error in the words of the guest', () => {
  test.each([
    ['large', '/mnt/small/large', /No space left on device/],
    ['large-file', '/mnt/small/large-file', /No space left on device/],
    ['tree', '/mnt/small/full', /No space left on device/],
    ['tree', '/mnt/a-file', /\/mnt\/a-file.*(File exists|Not a directory)/],
    ['tree', '/mnt/a-file/below', /\/mnt\/a-file.*(File exists|Not a directory)/],
    ['large', '/mnt/fixed/new', /Read-only file system/],
    ['large-file', '/mnt/fixed/new', /Read-only file system/],
    ['large', '/mnt/fixed', /Read-only file system/],
    ['large', '/proc/new', /No such file or directory/],
    ['large-file', '/mnt/dir', /\/mnt\/dir: Is a directory/],
    ['tree', '/mnt/dir', /leaf.*(Is a directory|File exists)/],
  ])('%s to %s', async (from, to, words) => {
    await machine.agent.exec('rm -rf /mnt/small/*');
    if (to.endsWith('/full')) await machine.agent.exec('head -c 2000000 /dev/zero > /mnt/small/filler');
    expect(await told('in', join(folder, from), to)).toMatch(words);
    expect((await machine.agent.exec('echo here')).stdout.toString()).toBe('here\n');
  });
});

describe('one clear error in the words of this machine', () => {
  test.each([
    ['in', '/proc/self/mem', '/mnt/memory', /EIO/],
    [
      'in',
      '/proc/sys/net/ipv4/route',
      '/mnt/tree',
      /tar on this machine failed \(exit code 2\): .*flush: .*Permission denied/,
    ],
    ['out', '/mnt/a-file', '/dev/full', /ENOSPC/],
    ['out', '/mnt/a-file', '/proc/none/file', /ENOENT/],
    ['out', '/mnt/dir', '/dev/full', /EEXIST/],
  ] as const)('%s: %s to %s', async (direction, from, to, words) => {
    expect(await told(direction, from, to)).toMatch(words);
  });
});

test.each([
  ['/mnt/none', /No such file or directory/],
  ['/proc/1/mem', /Input\/output error/],
  ['/proc/sys/net/ipv4/route', /flush.*Permission denied/],
])('outwards: %s, in the words of the guest', async (from, words) => {
  expect(await told('out', from, await mkdtemp(join(folder, 'out-')))).toMatch(words);
});
