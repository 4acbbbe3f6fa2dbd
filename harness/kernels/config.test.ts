import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const CONFIG = '# CONFIG_KASAN is not set\nCONFIG_BPF=y\nCONFIG_BPFILTER=m\nCONFIG_HZ=250\nCONFIG_LSM="lockdown,bpf"\n';
const OPTIONS = { BPF: 'y', BPFILTER: 'm', HZ: '250', LSM: 'lockdown,bpf' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function options(image: Buffer, config?: string): Promise<object | null> {
  const vmlinux = join(folder, 'vmlinux');
  await writeFile(vmlinux, image);
  if (config !== undefined) await writeFile(`${vmlinux}.config`, config);
  const found = await readConfig({ id: '6.12', spec: '', version: '6.12', package: null, vmlinux, sha256: '' });
  return found && Object.fromEntries(found);
}

test('the published configuration beside an image is read', async () => {
  expect(await options(Buffer.from('image'), CONFIG)).toEqual(OPTIONS);
});

test('the configuration inside an image (CONFIG_IKCONFIG) is read', async () => {
  const parts = ['code IKCFG_ST', gzipSync(CONFIG), 'IKCFG_ED more code'].map((part) => Buffer.from(part));
  expect(await options(Buffer.concat(parts))).toEqual(OPTIONS);
});

test('an image that does not tell its configuration gives null', async () => {
  expect(await options(Buffer.from('code'))).toBeNull();
  expect(await options(Buffer.from('code IKCFG_ST by chance IKCFG_ED'))).toBeNull();
});
