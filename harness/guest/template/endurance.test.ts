/** Clones one after another: 15, or as many as KCONFORM_CLONES says. ci/endurance.nightly.test.ts runs cases in 2000. */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { resolveKernel } from '../../kernels/resolve.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { GuestMachine } from '../guest-machine.ts';
import { type Limits, limitsFor } from '../limits/limits.ts';
import { newRunFolder } from '../qemu/run-folder.ts';
import type { Template } from './template.ts';

const COUNT = Number(process.env.KCONFORM_CLONES ?? 15);

let template: Template;
let limits: Limits;
let hashesBefore: Record<string, string>;

beforeAll(async () => {
  const kernel = await resolveKernel('6.12');
  const environment = await prepareEnvironment(kernel, undefined, () => undefined);
  limits = limitsFor(environment.host.accelerator === 'kvm' ? 'kvm' : 'tcg');
  template = await environment.templateOf({ kernel }, () => undefined, new AbortController().signal);
  hashesBefore = await hashFiles();
});

async function hashFiles(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of ['memory', 'state', 'console.log', 'template.json']) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(join(template.folder, name))) hash.update(part);
    hashes[name] = hash.digest('hex');
  }
  return hashes;
}

/** What this process has open, runs and keeps in its run folder. */
function held() {
  const root = join(newRunFolder(), '..');
  const children = readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    children: children.length,
    folders: readdirSync(root).length,
  };
}

/** One clone's life: what it draws from its random generator, its boot id, its clock (s since 1970), how long all took (ms). */
async function live() {
  const startedAt = performance.now();
  await using machine = await GuestMachine.clone(template, limits);
  const command = 'head -c 16 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/boot_id; date +%s';
  const { stdout, exitCode } = await machine.agent.exec(command);
  expect(exitCode).toBe(0);
  const [random = '', bootId = '', time = ''] = stdout.toString().trim().split('\n');
  return { random, bootId, clockError: Number(time) - Date.now() / 1000, ms: performance.now() - startedAt };
}

const lives: Awaited<ReturnType<typeof live>>[] = [];
test(`${COUNT} clones in a row live, and leave no process, descriptor, socket or file`, {
  timeout: COUNT * 20_000,
}, async () => {
  await live(); // what is made once in a process is made by the first
  const before = held();
  for (let index = 0; index < COUNT; index++) lives.push(await live());
  const after = held();
  expect(after).toEqual({ ...before, folders: before.folders + 1 }); // held() makes one each time
});

test('no two of them draw the same, each has a boot id of its own and the right time of day', () => {
  expect(new Set(lives.map(({ random }) => random)).size).toBe(COUNT);
  expect(new Set(lives.map(({ bootId }) => bootId)).size).toBe(COUNT);
  for (const { random, bootId, clockError } of lives) {
    expect(random).toMatch(/^([0-9a-f]{2} ?){16}$/);
    expect(bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(clockError)).toBeLessThan(60);
  }
});

test('the template’s files are what they were', async () => {
  expect(await hashFiles()).toEqual(hashesBefore);
});
