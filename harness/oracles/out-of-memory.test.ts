import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blameOutOfMemory } from './out-of-memory.ts';
import { readSplats } from './splats/splats.ts';

/** A guest whose scenario filled a tmpfs, as ci/splat-logs.ts recorded it. */
const FILLED = readFileSync(new URL('splats/logs/out-of-memory.log', import.meta.url), 'utf8');
const PANIC = '[   99.000000] Kernel panic - not syncing: System is deadlocked on memory\n';

/** The same report with the pages of the tmpfs in slab, or in nothing that the report names. */
const leaked = (log: string) =>
  log
    .replaceAll(/active_anon:\d+ inactive_anon:\d+/g, 'active_anon:149 inactive_anon:3968')
    .replaceAll(/slab_unreclaimable:\d+/g, 'slab_unreclaimable:80148');

const blames = (log: string) =>
  blameOutOfMemory(readSplats(log)).map(({ kind, blame }) => `${kind} ${blame ?? 'kernel'}`);

test('memory that a file in tmpfs fills is the case’s fault, also where the guest panics of it', () => {
  expect(blames(FILLED)).toEqual(['OOM case']);
  expect(blames(FILLED + PANIC)).toEqual(['OOM case', 'panic case']);
});

test('memory that the kernel itself holds is not', () => {
  expect(leaked(FILLED)).not.toBe(FILLED);
  expect(blames(leaked(FILLED))).toEqual(['OOM kernel']);
  expect(blames(leaked(FILLED) + PANIC)).toEqual(['OOM kernel', 'panic kernel']);
});

test('a leak of more than a quarter of the memory has blame kernel, even if other uses fill the rest', () => {
  const half = FILLED.replaceAll(/inactive_anon:\d+ /g, 'inactive_anon:40000 ');
  expect(blames(half)).toEqual(['OOM kernel']);
});

test('a report without numbers is judged like the one before it; without any it is the kernel’s', () => {
  const killed = '[   98.000000] Out of memory: Killed process 44 (dd) total-vm:3284kB\n';
  const chatter = '[   97.000000] quiet\n'.repeat(5);
  expect(blames(killed)).toEqual(['OOM kernel']);
  expect(blames(FILLED + chatter + killed)).toEqual(['OOM case', 'OOM case']);
  expect(blames(leaked(FILLED) + chatter + killed)).toEqual(['OOM kernel', 'OOM kernel']);
});

test('other reports of a guest without memory stay the kernel’s', () => {
  const panic = '[   99.000000] Kernel panic - not syncing: Fatal exception\n';
  expect(blames(FILLED + panic)).toEqual(['OOM case', 'panic kernel']);
});

test.each([
  ['anon 19000000\nfile 100000', 'case'],
  ['anon 300000\nfile 20000000', 'case'],
  ['anon 300000\nfile 100000\nkernel 20000000', 'kernel'],
  ['', 'kernel'],
])('of a memory cgroup its own statistics decide: %j', (statistics, blame) => {
  const lines = [
    'sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    'memory: usage 20480kB, limit 20480kB, failcnt 20',
    'Memory cgroup stats for /x:',
    ...statistics.split('\n'),
    'Memory cgroup out of memory: Killed process 71 (sh)',
  ];
  expect(blames(lines.map((line) => `[    5.000000] ${line}\n`).join(''))).toEqual([`OOM ${blame}`]);
});
