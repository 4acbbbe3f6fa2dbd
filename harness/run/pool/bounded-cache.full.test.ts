/** A run over many kernels with a small cache: guests that are wanted no more do not pile up. */
import { appendFile, copyFile, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { expectation } from '../../expect/expectation.ts';
import { planKernels, resolveKernel } from '../../kernels/resolve.ts';
import { DEFAULT_MACHINE } from '../../machine/machine.ts';
import { scenario } from '../../scenario/api/scenario.ts';
import type { Case } from '../discovery/cases.ts';
import { run } from '../run.ts';

const KERNELS = 5;
const CASES: readonly Case[] = ['group/a', 'group/b', 'group/c'].map((name) => ({
  name,
  argument: name,
  folder: '/nowhere',
  machine: DEFAULT_MACHINE,
  loaded: {
    scenario: scenario(async ({ guest }) => ({ release: (await guest.$`uname -r`).stdout })),
    expectation: expectation({ about: 'a', commit: 'b', outcome: { release: '6.12.57+deb12-cloud-amd64' } }),
  },
}));

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-bounded-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

async function templates(): Promise<string[]> {
  const names = await readdir(cachePath('templates')).catch(() => []);
  return names.filter((name) => /^[0-9a-f]{32}$/.test(name));
}

test('frozen guests of kernels whose cases are over go while the run goes on; those in use stay', async () => {
  const { vmlinux } = await resolveKernel('6.12.57');
  const files = Array.from({ length: KERNELS }, (_, place) => join(home, `vmlinux-${place}`));
  for (const [place, file] of files.entries()) {
    await copyFile(vmlinux, file);
    await appendFile(file, `another build: ${place}`);
  }
  const probes = ['accelerator.json', 'qemu.json'].map((name) => [name, cachePath(name)] as const);
  vi.stubEnv('XDG_CACHE_HOME', home);
  vi.stubEnv('KCONFORM_CACHE_GIB', '0');
  await mkdir(cachePath(), { mode: 0o700 });
  for (const [name, shared] of probes) await symlink(shared, cachePath(name));

  const seen: number[] = [];
  const results = await run({
    kernels: await planKernels(files),
    cases: CASES,
    boot: undefined,
    accelerator: undefined,
    isolation: 'clone',
    jobs: 1,
    leaks: false,
    version: 'test',
    ownOptions: [],
    reporters: [{ on: async ({ type }) => void (type === 'case-finished' && seen.push((await templates()).length)) }],
    signal: new AbortController().signal,
  });
  expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual(
    Array.from({ length: KERNELS * CASES.length }, () => ['PASS', undefined]),
  );
  // That of the cases which run, and the next that is made ready.
  expect(Math.max(...seen)).toBeLessThanOrEqual(2);
  expect(await templates()).toEqual([]);
}, 300_000);
