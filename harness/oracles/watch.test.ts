/** The oracles in real guests: what they see, and that they say when they could not look. */
import { afterEach, expect, test } from 'vitest';
import { HIDDEN_LOG } from '../expect/outcome.ts';
import type { GuestMachine } from '../guest/guest-machine.ts';
import { limitsFor } from '../guest/limits/limits.ts';
import { startClone } from '../run/clone.test-support.ts';
import { tryOracles } from './canaries.ts';
import { askOracles, caseConsole, type Watching } from './watch.ts';

const { signal } = new AbortController();
const watching: Watching = { limits: limitsFor('tcg'), signal, leaks: false, rest: async () => undefined };
let machine: GuestMachine | undefined;

async function guest(): Promise<GuestMachine> {
  machine = await startClone(signal);
  return machine;
}

afterEach(async () => machine?.[Symbol.asyncDispose]());

test('a quiet guest is clean, and what was not looked at is named', async () => {
  const reports = await askOracles(await guest(), watching);
  expect(reports).toMatchObject({ splats: [], leaks: [], taints: [], counters: [] });
  expect(Object.keys(reports.unavailable)).toEqual(['kmemleak']);
});

test('a report that comes after the scenario is the case’s all the same', async () => {
  const started = await guest();
  await started.agent.exec("(sleep 0.01; echo '<4>BUG: late' > /dev/kmsg) >/dev/null 2>&1 &");
  const { splats } = await askOracles(started, watching);
  expect(splats).toEqual([expect.objectContaining({ kind: 'BUG', title: 'BUG: late', at: expect.any(Number) })]);
});

test('a scenario that lowers the console level, hides /dev and turns /dev/kmsg off hides nothing', async () => {
  const started = await guest();
  await started.agent.exec(
    'dmesg -n 1; echo "<4>BUG: not on the console" > /dev/kmsg; echo off > /proc/sys/kernel/printk_devkmsg; mount -t tmpfs none /dev; mount -t tmpfs none /proc; dmesg -n 7',
  );
  const reports = await askOracles(started, watching);
  expect(reports.splats).toEqual([expect.objectContaining({ title: 'BUG: not on the console' })]);
  expect(caseConsole(started)).not.toContain('BUG');
  expect(Object.keys(reports.unavailable)).toEqual(['kmemleak']);
});

test('records that were overwritten before they could be read are named', async () => {
  const started = await guest();
  await started.agent.exec(
    'dmesg -n 1; echo on > /proc/sys/kernel/printk_devkmsg; line=$(printf %0900d 0); i=0; while [ $i -lt 3000 ]; do echo $line > /dev/kmsg; i=$((i+1)); done',
  );
  expect((await askOracles(started, watching)).unavailable[HIDDEN_LOG]).toMatch(/records of the kernel log were lost/);
});

test('panic text of a guest that lives on is no report', async () => {
  const started = await guest();
  await started.agent.exec(
    "echo 'Kernel panic - not syncing: says a program' > /dev/console; echo '<4>BUG: seen' > /dev/kmsg",
  );
  const { splats } = await askOracles(started, watching);
  expect(splats.map(({ title }) => title)).toEqual(['BUG: seen']);
});

test('every oracle of a published kernel sees its planted fault, or is named as unproven', async () => {
  const proof = await tryOracles(await guest(), watching, undefined);
  expect(proof.silent).toEqual({});
  expect(Object.keys(proof.unproven).sort()).toEqual(['counters', 'kmemleak']);
});

test('an oracle that does not see its planted fault is silent, not clean', async () => {
  const started = await guest();
  await started.agent.exec('echo 1 > /proc/sys/kernel/printk');
  const proof = await tryOracles(started, watching, undefined);
  expect(Object.keys(proof.silent)).toContain('splats');
});
