import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ltpSuite } from './ltp.ts';
import { readMetadata } from './metadata.ts';
import { readRuntest } from './runtest.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-ltp-'));
  for (const name of ['testcases/bin', 'runtest', 'metadata']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'Version'), '20250930\n');
  await writeFile(
    join(folder, 'runtest/cve'),
    '#DESCRIPTION: CVEs\n\ncve-2017-2671 cve-2017-2671\nshm_1 TST=1 shmt1 -x 2\n',
  );
  await writeFile(
    join(folder, 'metadata/ltp.json'),
    JSON.stringify({
      testsuite: 'LTP',
      tests: {
        'cve-2017-2671': {
          tags: [
            ['linux-git', '43a6684519ab'],
            ['CVE', '2017-2671'],
          ],
          needs_kconfigs: ['CONFIG_USER_NS=y', 'CONFIG_A | CONFIG_B'],
          needs_drivers: ['snd-seq'],
          max_runtime: '30',
        },
        shmt1: { needs_device: '1', timeout: -1 },
      },
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

it('makes tests of the lines of a runtest file, with what the metadata says', async () => {
  const fields = { kind: 'ltp', about: 'LTP', folder, runtest: ['cve'] } as const;
  const { source, tests, convention } = await ltpSuite(fields, folder, '/opt/ltp');
  expect({ source, convention }).toEqual({ source: '20250930', convention: 'ltp' });
  const shell = (command: string) => [
    '/bin/sh',
    '-c',
    `export LTPROOT=/opt/ltp PATH=/opt/ltp/testcases/bin:$PATH; ${command}`,
  ];
  expect(tests).toEqual([
    {
      name: 'cve/cve-2017-2671',
      workdir: '/opt/ltp/testcases/bin',
      command: shell('cve-2017-2671'),
      modules: ['snd_seq'],
      config: ['USER_NS'],
      fixes: ['43a6684519ab'],
      cves: ['CVE-2017-2671'],
      limitMs: 60_000,
    },
    {
      name: 'cve/shm_1',
      workdir: '/opt/ltp/testcases/bin',
      command: shell('TST=1 shmt1 -x 2'),
      machine: { disks: ['512M'] },
      modules: [],
      config: [],
      fixes: [],
      cves: [],
      env: { LTP_DEV: '/dev/vda' },
    },
  ]);
});

it('refuses a folder that is no LTP, and a runtest file that is missing', async () => {
  const fields = { kind: 'ltp', about: 'LTP', folder, runtest: ['none'] } as const;
  await expect(ltpSuite(fields, join(folder, 'runtest'), '/opt/ltp')).rejects.toThrow('is no installed LTP');
  await expect(ltpSuite(fields, folder, '/opt/ltp')).rejects.toThrow('runtest/none');
});

it('reads lines of a runtest file', () => {
  expect(readRuntest('# a b\n\n  tag  A=1 prog -x \nalone\n')).toEqual([
    { tag: 'tag', command: 'A=1 prog -x', program: 'prog' },
  ]);
});

it('refuses metadata that is none', () => {
  expect(() => readMetadata('{"tests": [', 'ltp.json')).toThrow('ltp.json is no metadata of LTP');
});
