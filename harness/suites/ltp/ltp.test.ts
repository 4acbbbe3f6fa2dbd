import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ltpSuite } from './ltp.ts';
import { readMetadata } from './metadata.ts';
import { readRuntest } from './runtest.ts';

let folder: string;
const cacheBefore = process.env.XDG_CACHE_HOME;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-ltp-'));
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  for (const name of ['testcases/bin', 'testcases/data', 'runtest', 'metadata'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'Version'), '20250930\n');
  await writeFile(
    join(folder, 'runtest/cve'),
    '#DESCRIPTION: CVEs\n\ncve-2017-2671 cve-2017-2671\nshm_1 TST=1 shmt1 -x 2\nnone unknown\n',
  );
  await writeFile(join(folder, 'runtest/others'), 'other other\nchild shmt1_child\nfar far01\nshm_2 shmt1\n');
  await writeFile(join(folder, 'metadata/ltp.json'), JSON.stringify({ testsuite: { name: 'LTP' }, tests: METADATA }));
  await writeFile(join(folder, 'testcases/data/words'), 'data');
  const programs = {
    'cve-2017-2671': '',
    shmt1: 'exec(shmt1_child)',
    shmt1_child: 'far01',
    far01: '',
    other: '',
    helper: '',
  };
  for (const [name, text] of Object.entries(programs))
    await writeFile(join(folder, 'testcases/bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
});
afterAll(async () => {
  process.env.XDG_CACHE_HOME = cacheBefore ?? '';
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  await rm(folder, { recursive: true });
});

const METADATA = {
  'cve-2017-2671': {
    tags: [
      ['linux-git', '43a6684519ab'],
      ['CVE', '2017-2671'],
      ['known-fail', 'it is known'],
    ],
    needs_kconfigs: ['CONFIG_USER_NS=y', 'CONFIG_A | CONFIG_B', 'CONFIG_TUN'],
    needs_drivers: ['snd-seq'],
    runtime: '30',
    test_variants: '2',
  },
  shmt1: { needs_device: true, timeout: 'TST_UNLIMITED_TIMEOUT', min_cpus: '2', dev_min_size: '1024' },
};

it('makes tests of the lines of a runtest file, with what the metadata says', async () => {
  const fields = { kind: 'ltp', about: 'LTP', folder, runtest: ['cve'] } as const;
  const { source, tests, convention, machine } = await ltpSuite(fields, folder, '/opt/ltp', {});
  expect({ source, convention }).toEqual({ source: '20250930', convention: 'ltp' });
  const settings = 'export LTPROOT=/opt/ltp LTP_TIMEOUT_MUL=4 LTP_VIRT_OVERRIDE=kvm PATH=/opt/ltp/testcases/bin:$PATH';
  const shell = (command: string) => ['/bin/sh', '-c', expect.stringContaining(`)\n${settings}\n${command}`)];
  expect(tests).toEqual([
    {
      name: 'cve/cve-2017-2671',
      workdir: '/opt/ltp/testcases/bin',
      command: shell('cve-2017-2671'),
      modules: ['snd_seq', 'tun'],
      config: ['USER_NS'],
      fixes: ['43a6684519ab'],
      cves: ['CVE-2017-2671'],
      limitMs: 310_000, // two variants of 4 × 30 s and 30 s, and 10 s
    },
    {
      name: 'cve/shm_1',
      workdir: '/opt/ltp/testcases/bin',
      command: shell('TST=1 shmt1 -x 2'),
      machine: { disks: ['1024M'], cpus: 2 },
      modules: [],
      config: [],
      fixes: [],
      cves: [],
      limitMs: 1_800_000,
      env: { LTP_DEV: '/dev/vda' },
    },
    {
      name: 'cve/none',
      workdir: '/opt/ltp/testcases/bin',
      command: shell('unknown'),
      machine: { disks: ['512M'] },
      modules: [],
      config: [],
      fixes: [],
      cves: [],
      limitMs: 310_000,
      env: { LTP_DEV: '/dev/vda' },
    },
  ]);
  const [copied = ''] = machine.files ?? [];
  expect(copied.split(':')[1]).toBe('/opt/ltp/testcases');
  const [place = ''] = copied.split(':');
  expect(await readdir(place)).toEqual(['bin', 'data']);
  // `other` is of another line; the child and what it names may be started by shmt1.
  expect((await readdir(join(place, 'bin'))).sort()).toEqual([
    'cve-2017-2671',
    'far01',
    'helper',
    'shmt1',
    'shmt1_child',
  ]);
});

it.each([
  [{}, 130],
  [{ timeout: '5' }, 150],
  [{ timeout: 5, max_runtime: '60' }, 210],
  [{ timeout: -1 }, 1800],
  [{ timeout: 'TIMEOUT' }, 1800],
  [{ all_filesystems: true }, 1210],
  [{ filesystems: [{ type: 'ext4' }, { type: 'xfs' }], test_variants: 3 }, 730],
])('gives a test that says %j a limit of %i s', (test, seconds) => {
  const metadata = readMetadata(JSON.stringify({ tests: { one: test } }), 'ltp.json', new Map());
  expect(metadata.get('one')?.limitMs).toBe(seconds * 1000);
});

it('refuses a folder that is no LTP, and a runtest file that is missing', async () => {
  const fields = { kind: 'ltp', about: 'LTP', folder, runtest: ['none'] } as const;
  await expect(ltpSuite(fields, join(folder, 'runtest'), '/opt/ltp', {})).rejects.toThrow('is no installed LTP');
  await expect(ltpSuite(fields, folder, '/opt/ltp', {})).rejects.toThrow('runtest/none');
});

it('reads lines of a runtest file', () => {
  expect(readRuntest('# a b\n\n  tag  A=1 prog -x \nalone\n')).toEqual([
    { tag: 'tag', command: 'A=1 prog -x', program: 'prog' },
  ]);
});

it('refuses metadata that is none', () => {
  expect(() => readMetadata('{"tests": [', 'ltp.json', new Map())).toThrow('ltp.json is no metadata of LTP');
});
