import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { KconformError } from '../../errors/error.ts';
import type { Limits } from '../limits/limits.ts';
import { awaitGuest, awaitReady } from '../limits/waiting.ts';
import type { Control } from '../qemu/control.ts';
import { Qemu } from '../qemu/qemu.ts';
import { REHEARSAL, rehearse } from '../ssh/rehearsal.ts';
import type { BootRecord } from './boot-record.ts';
import { type StoredTemplate, storeTemplate } from './stored-template.ts';
import type { TemplateInputs } from './template-key.ts';
import { verifyImages } from './verify-images.ts';

export interface TemplateOptions {
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (message: string) => void;
  /** Runs in the guest before it is frozen, so that no clone has to; it must do the same for the same inputs. */
  readonly prepare?: (control: Control) => Promise<void>;
}

/** Boots a guest, prepares it, freezes it, and replaces the template in the folder with it. */
export async function makeTemplate(
  folder: string,
  inputs: TemplateInputs,
  options: TemplateOptions,
): Promise<StoredTemplate> {
  await verifyImages(inputs);
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  try {
    const stored = await bootAndFreeze(fresh, inputs, options).catch((error: unknown) => {
      if (!mayBeHost(error, inputs)) throw error;
      const { cpus } = inputs.spec;
      const failedBefore = `a boot with ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'} under emulation failed (${error.message})`;
      options.progress?.(`${failedBefore}: booting once more`);
      return bootAndFreeze(fresh, inputs, { ...options, failedBefore });
    });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return stored;
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw diskFull(error) ?? error;
  }
}

/**
 * Under emulation a boot of a good kernel can fail. With several CPUs: on one loaded host 2 of 160 boots of 6.12.118 with two CPUs on
 * QEMU 7.2 ended in a panic, and one hung; on another host 560 of 560 succeeded. With one CPU, at the first logins: 2 of 394 boots at a
 * load of 12 to 20 hung there, which failed 152 cases at once. The causes are not known.
 */
function mayBeHost(error: unknown, { spec }: TemplateInputs): error is KconformError {
  if (!(error instanceof KconformError) || error.blame !== 'kernel' || spec.accelerator !== 'tcg') return false;
  return spec.cpus > 1 || (error.code === 'KC_GUEST_HANG' && error.evidence.awaited === REHEARSAL);
}

async function bootAndFreeze(
  folder: string,
  inputs: TemplateInputs,
  options: TemplateOptions & Pick<BootRecord, 'failedBefore'>,
): Promise<StoredTemplate> {
  const startedAt = performance.now();
  const { limits, signal, prepare, failedBefore } = options;
  await using qemu = await Qemu.start(inputs.spec, { kind: 'template', memory: join(folder, 'memory') }, signal);
  const { control } = qemu;
  const wait = { awaited: 'ready message of a booting guest', limitMs: limits.bootMs, signal };
  const hostKey = await awaitReady(qemu, wait);
  const bootMs = Math.round(performance.now() - startedAt);
  using rehearsal = await rehearse(qemu, control, hostKey, inputs.login ?? 'recorded', wait);
  if (prepare !== undefined) {
    await awaitGuest(qemu, prepare(control), { ...wait, awaited: 'answer of a guest that is prepared' });
  }
  await quietConsole(qemu);
  const health = await awaitGuest(qemu, control.settle(), { ...wait, awaited: 'health of a booted guest' });
  await awaitGuest(qemu, control.beginLog(), { ...wait, awaited: 'answer of a booted guest' });
  await freeze(qemu, join(folder, 'state'), options);
  if (rehearsal.saidMore()) {
    throw new KconformError('the SSH server of the guest sent data while the guest was frozen', {
      code: 'KC_FREEZE',
      blame: 'harness',
      hint: 'run it again: it is booted and frozen again',
    });
  }
  await checkDisks(qemu);
  await writeFile(join(folder, 'console.log'), qemu.console.text(), 'latin1');
  return storeTemplate(folder, { bootMs, health, failedBefore }, { hostKey, prelogin: rehearsal.prelogin });
}

/** Waits until the console prints no more: late boot messages belong to the template, not to the first case. */
async function quietConsole(qemu: Qemu): Promise<void> {
  const QUIET_MS = 150;
  for (let round = 0; round < 20; round++) {
    const before = qemu.console.text().length;
    await sleep(QUIET_MS);
    if (qemu.console.text().length === before) return;
  }
}

/**
 * Writes the device state to a file and leaves the memory where it is (x-ignore-shared). The guest is migrated while it
 * runs, so that a restored one runs without a further command.
 */
async function freeze(qemu: Qemu, path: string, { limits, signal }: TemplateOptions): Promise<void> {
  const socketPath = join(qemu.folder, 'state');
  const server = createServer();
  const written = new Promise<void>((resolve, reject) => {
    server.once('connection', (socket) => {
      server.close();
      pipeline(socket, createWriteStream(path)).then(resolve, reject);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  await qemu.qmp.execute('migrate', { uri: `unix:${socketPath}` });
  await awaitGuest(qemu, written, { awaited: 'frozen state of the template', limitMs: limits.bootMs, signal });
  const status = JSON.stringify(await qemu.qmp.execute('query-migrate'));
  if (!status.includes('"completed"')) {
    throw new KconformError(`QEMU could not freeze the guest: ${status}`, { code: 'KC_FREEZE', blame: 'harness' });
  }
}

const BlockStats = z.array(z.object({ device: z.string(), stats: z.object({ wr_operations: z.number() }) }));

/** What a template wrote to its disks is lost: a clone would find the old bytes under a kernel that has seen the new ones. */
async function checkDisks(qemu: Qemu): Promise<void> {
  const disks = BlockStats.parse(await qemu.qmp.execute('query-blockstats'));
  const written = disks.find(({ stats }) => stats.wr_operations > 0);
  if (written === undefined) return;
  throw new KconformError(`the guest wrote to a disk (${written.device}) before it was frozen`, {
    code: 'KC_FREEZE',
    blame: 'harness',
    hint: 'what prepares a guest must leave its disks alone',
  });
}

/** If the disk has no room for a page of the memory file, QEMU is killed when it first touches the page (mmap(2), SIGBUS). */
function diskFull(error: unknown): KconformError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!('code' in error && error.code === 'ENOSPC') && !/\bkilled by SIGBUS\b/.test(error.message)) return undefined;
  return new KconformError('the disk with the cache is full', {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space, or set XDG_CACHE_HOME to another disk',
    cause: error,
  });
}
