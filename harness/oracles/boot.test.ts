import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BootRecord } from '../guest/template/boot-record.ts';
import { readBoots } from './boot.ts';

const BANNER = '[    0.000000] Linux version 6.12.118+deb13-cloud-amd64 (debian-kernel@lists.debian.org)\r\n';
const warning = readFileSync(new URL('./splats/logs/warning.log', import.meta.url), 'latin1');
const healthy = { taint: 0, warnings: 0, oopses: 0 };
const boot = (console: string, health: BootRecord['health'] = healthy): BootRecord => ({ console, health, ms: 1 });

test('a clean boot has no reports, and says that leaks were not looked for', async () => {
  expect(await readBoots([boot(`${BANNER}[    0.1] hello\r\n`)])).toMatchObject({
    splats: [],
    taints: [],
    counters: [],
    unavailable: { kmemleak: expect.any(String) },
  });
});

test('splats, taints and warnings of the boot count from zero', async () => {
  const reports = await readBoots([boot(BANNER + warning, { taint: 512 + 4096, warnings: 3, oopses: 0 })]);
  expect(reports.splats.length).toBeGreaterThan(0);
  expect(reports.taints).toEqual(['W', 'O']);
  expect(reports.counters).toEqual([expect.stringMatching(/^warn_count rose by 3/)]);
  expect(reports.unavailable).not.toHaveProperty('splats');
});

test('a WARN_ONCE that the console does not show is seen by the kernel’s own count', async () => {
  const { counters } = await readBoots([boot(BANNER, { taint: 512, warnings: 1, oopses: 0 })]);
  expect(counters).toEqual(['warn_count rose by 1, and the console shows 0 splats']);
});

test('of several boots each report is kept once, and one that cannot be read is not clean', async () => {
  const reports = await readBoots([boot(BANNER), boot(BANNER + warning), boot(BANNER + warning), boot('')]);
  expect(reports.splats).toHaveLength((await readBoots([boot(BANNER + warning)])).splats.length);
  expect(reports.unavailable.splats).toMatch(/does not show the beginning/);
});
