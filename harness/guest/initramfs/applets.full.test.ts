import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hideApplets } from './applets.ts';

let folder: string;
let busybox: Buffer;
let applets: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-applets-'));
  const path = (await execa('which', ['busybox'])).stdout;
  busybox = await readFile(path);
  applets = (await execa(path, ['--list'])).stdout.split('\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script in the shell of that busybox, with `cat`, `ip` and others in PATH that print another word. */
async function shell(bytes: Buffer, script: string): Promise<string> {
  for (const name of ['cat', 'ip', 'mount', 'ipcalc']) {
    await writeFile(join(folder, name), `#!/bin/sh\necho package ${name}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const program = join(await mkdtemp(join(folder, 'run-')), 'busybox');
  await writeFile(program, bytes, { mode: 0o755 });
  const env = { PATH: folder };
  return (await execa(program, ['sh', '-c', script], { env, extendEnv: false })).stdout;
}

test('the shell, and programs that start others, run the hidden ones from PATH', async () => {
  const script = 'cat --version; ip; env ip; timeout 9 cat; echo 1 | xargs mount';
  const { bytes, hidden } = await hideApplets(busybox, applets, ['cat', 'ip', 'mount', 'strace']);
  expect(await shell(bytes, script)).toBe('package cat\npackage ip\npackage ip\npackage cat\npackage mount');
  expect([...hidden]).toEqual(expect.arrayContaining(['cat', 'ip', 'mount']));
  expect(hidden.size).toBeLessThanOrEqual(4);
});

test('the others are found as before, those with names nearby too', async () => {
  const { bytes, hidden } = await hideApplets(busybox, applets, ['cat', 'ip']);
  const names = applets.filter((name) => !hidden.has(name));
  const found = await shell(
    bytes,
    `for name in ${names.join(' ')}; do command -v "$name" >/dev/null || echo "$name"; done`,
  );
  expect(found).toBe('');
  expect(await shell(bytes, 'echo a | sed s/a/b/; ipcalc -n 10.0.0.1/8')).toBe('b\nNETWORK=10.0.0.0');
});

test('every applet can be hidden, all at once and each on its own', async () => {
  const all = await hideApplets(busybox, applets, applets);
  expect(await shell(all.bytes, 'cat')).toBe('package cat');
  for (const name of applets.filter((_, index) => index % 20 === 0)) await hideApplets(busybox, applets, [name]);
});

test('the shell stays, and nothing changes where packages bring other programs', async () => {
  const { bytes, hidden } = await hideApplets(busybox, applets, ['sh', 'ash', 'busybox', 'strace']);
  expect(bytes.equals(busybox)).toBe(true);
  expect(hidden.size).toBe(0);
});

test('a busybox without that table is refused', async () => {
  const other = Buffer.concat([busybox, Buffer.from(`${applets.join('\0')}\0`)]);
  await expect(hideApplets(other, applets, ['cat'])).rejects.toMatchObject({ code: 'KC_BUSYBOX', blame: 'host' });
});
