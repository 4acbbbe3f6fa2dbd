import { createHash } from 'node:crypto';
import { chmodSync, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ensureFolder, publishFile } from '../../cache/folder.ts';
import { describeFile, FileFacts, sameFile } from '../../cache/known-file.ts';
import { withLock } from '../../cache/lock.ts';
import { markUse } from '../../cache/use.ts';
import { KconformError } from '../../errors/error.ts';
import type { Limits } from '../limits/limits.ts';
import { awaitGuest } from '../limits/waiting.ts';
import { readConsole } from '../qemu/console.ts';
import type { Control, Health } from '../qemu/control.ts';
import { type MachineSpec, machineArguments } from '../qemu/machine.ts';
import { QEMU, Qemu } from '../qemu/qemu.ts';
import type { Prelogin } from '../ssh/prelogin/prelogin.ts';
import { type LoginKind, rehearse } from '../ssh/rehearsal.ts';
import type { BootRecord } from './boot-record.ts';
import { verifyImages } from './verify-images.ts';
import { openableForWriting } from './writable-file.ts';

/** Raised whenever the layout of a stored template or the guest protocol changes. */
const FORMAT = 11;

const StoredTemplate = z.object({
  format: z.literal(FORMAT),
  bootMs: z.number(),
  /** The kernel's health when it was frozen. */
  health: z.object({ taint: z.number(), warnings: z.number().nullable(), oopses: z.number().nullable() }),
  files: z.record(z.string(), FileFacts),
});

const Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** What a client of the guest's SSH server must know, in ssh.json. */
const StoredSsh = z.object({
  hostKey: z.string(),
  /** Absent where clones log in by themselves. */
  prelogin: z.object({ clientHalf: z.string(), login: Bytes, agent: Bytes }).optional(),
});

interface Stored {
  readonly template: z.infer<typeof StoredTemplate>;
  readonly ssh: { readonly hostKey: string; readonly prelogin?: Prelogin | undefined };
}

const FILES = ['memory', 'state', 'console.log', 'ssh.json'] as const;

export interface TemplateOptions {
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (message: string) => void;
  /** What is done in the guest before it is frozen, so that no clone has to; it must do the same for the same inputs. */
  readonly prepare?: (control: Control) => Promise<void>;
}

/** All that went into a template, beside the machine's own description. */
export interface TemplateInputs {
  readonly spec: MachineSpec;
  readonly kernelSha256: string;
  readonly initramfsSha256: string;
  /** Version and path of the QEMU that makes and restores it. */
  readonly qemu: string;
  /** Whether clones continue in a recorded login; they do when not given. */
  readonly login?: LoginKind;
}

function keyOf(inputs: TemplateInputs): string {
  // Paths of the images are told apart by their bytes; the rest of the argument list counts as it stands.
  const spec = {
    ...inputs.spec,
    vmlinux: inputs.kernelSha256,
    initramfs: { path: inputs.initramfsSha256, size: inputs.spec.initramfs.size },
  };
  const args = machineArguments(spec, { kind: 'template', memory: '' }, '');
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, QEMU, inputs.qemu, args, inputs.login ?? 'recorded', ssh2Version()]))
    .digest('hex')
    .slice(0, 32);
}

/** A login that another version of the client recorded may not be one that it can replay. */
function ssh2Version(): string {
  const { version } = z.object({ version: z.string() }).parse(createRequire(import.meta.url)('ssh2/package.json'));
  return version;
}

/** A booted guest, frozen when a client had logged in to its SSH server. Its files are never written again. */
export class Template {
  readonly folder: string;
  readonly hostKey: string;
  readonly #boot: Omit<BootRecord, 'console'>;
  readonly spec: MachineSpec;
  /** The login that every clone has behind it; undefined where each logs in by itself. */
  readonly prelogin: Prelogin | undefined;
  /** What clones map; see {@link openableForWriting}. */
  readonly #memory: string;

  private constructor(folder: string, memory: string, spec: MachineSpec, { template, ssh }: Stored) {
    this.folder = folder;
    this.#memory = memory;
    this.spec = spec;
    this.hostKey = ssh.hostKey;
    this.prelogin = ssh.prelogin;
    this.#boot = { health: template.health, ms: template.bootMs };
  }

  /**
   * The stored template for these inputs, or a new one. One that was damaged is made anew.
   * @param parent the cache's folder of templates
   */
  static async obtain(parent: string, inputs: TemplateInputs, options: TemplateOptions): Promise<Template> {
    const folder = join(parent, keyOf(inputs));
    const lock = {
      awaited: 'another run that makes the same template',
      ...(options.signal ? { signal: options.signal } : {}),
      onWait: (message: string) => options.progress?.(message),
    };
    try {
      await ensureFolder(parent);
      return await withLock(`${folder}.lock`, lock, async () => {
        await markUse(folder);
        const found = await load(folder);
        const now = new Date();
        if (found !== undefined) await utimes(folder, now, now); // the least recently used goes first
        return Template.#of(folder, inputs.spec, found ?? (await make(folder, inputs, options)));
      });
    } catch (error) {
      const unwritable = error instanceof KconformError && error.code === 'KC_CACHE_UNWRITABLE';
      const found = unwritable ? await load(folder) : undefined;
      if (found === undefined) throw error;
      return Template.#of(folder, inputs.spec, found); // nothing is removed from a cache that cannot be written
    }
  }

  static async #of(folder: string, spec: MachineSpec, stored: Stored): Promise<Template> {
    return new Template(folder, await openableForWriting(join(folder, 'memory')), spec, stored);
  }

  /** What the template's boot left to be judged, whenever it was made; every clone's console continues its console. */
  boot(): BootRecord {
    return { console: readConsole(join(this.folder, 'console.log')), ...this.#boot };
  }

  /** Whether its files are still there: somebody may have removed the cache. */
  isThere(): boolean {
    return [join(this.folder, 'state'), this.#memory].every((path) => existsSync(path));
  }

  /** The kernel's health when it was frozen, which is that of a clone before its case. */
  get health(): Health {
    return this.#boot.health;
  }

  /** Spawns a clone; it runs as soon as its device state is read. */
  async startClone(signal?: AbortSignal): Promise<Qemu> {
    const state = await open(join(this.folder, 'state'), 'r');
    try {
      return await Qemu.start(this.spec, { kind: 'clone', memory: this.#memory, stateFd: state.fd }, signal);
    } finally {
      await state.close();
    }
  }
}

async function load(folder: string): Promise<Stored | undefined> {
  try {
    const stored = StoredTemplate.parse(JSON.parse(await readFile(join(folder, 'template.json'), 'utf8')));
    let touched = false;
    for (const name of FILES) {
      const same = await sameFile(join(folder, name), stored.files[name]);
      if (same === undefined) return undefined;
      touched ||= same.changed !== stored.files[name]?.changed;
      stored.files[name] = same;
    }
    if (touched) await describe(folder, stored).catch(() => undefined); // a read-only cache: read again the next time
    const ssh = StoredSsh.parse(JSON.parse(await readFile(join(folder, 'ssh.json'), 'utf8')));
    return { template: stored, ssh };
  } catch {
    return undefined; // absent, cut off or of another format: made anew
  }
}

function describe(folder: string, stored: z.infer<typeof StoredTemplate>): Promise<void> {
  return publishFile(join(folder, 'template.json'), (to) => writeFile(to, JSON.stringify(stored)));
}

async function make(folder: string, inputs: TemplateInputs, options: TemplateOptions): Promise<Stored> {
  await verifyImages(inputs);
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  try {
    const startedAt = performance.now();
    await using qemu = await Qemu.start(
      inputs.spec,
      { kind: 'template', memory: join(fresh, 'memory') },
      options.signal,
    );
    const { control } = qemu;
    const wait = {
      awaited: 'ready message of a booting guest',
      limitMs: options.limits.bootMs,
      signal: options.signal,
    };
    const hostKey = await awaitGuest(qemu, control.ready(), wait);
    const bootMs = Math.round(performance.now() - startedAt);
    using rehearsal = await rehearse(qemu, control, hostKey, inputs.login ?? 'recorded', wait);
    if (options.prepare !== undefined) {
      const prepared = options.prepare(control);
      await awaitGuest(qemu, prepared, { ...wait, awaited: 'answer of a guest that is prepared' });
    }
    await settle(qemu);
    const health = await awaitGuest(qemu, control.settle(), { ...wait, awaited: 'health of a booted guest' });
    await awaitGuest(qemu, control.beginLog(), { ...wait, awaited: 'answer of a booted guest' });
    await freeze(qemu, join(fresh, 'state'), options);
    if (rehearsal.saidMore()) {
      throw new KconformError('the SSH server of the guest spoke on while the guest was frozen', {
        code: 'KC_FREEZE',
        blame: 'harness',
        hint: 'run it again: it is booted and frozen anew',
      });
    }
    await writeFile(join(fresh, 'console.log'), qemu.console.text(), 'latin1');
    const ssh = { hostKey, prelogin: rehearsal.prelogin };
    await writeFile(join(fresh, 'ssh.json'), JSON.stringify({ hostKey, prelogin: asText(rehearsal.prelogin) }));
    const template = { format: FORMAT, bootMs, health, files: await describeFiles(fresh) } as const;
    await describe(fresh, template);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return { template, ssh };
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw diskFull(error) ?? error;
  }
}

function asText(prelogin: Prelogin | undefined) {
  if (prelogin === undefined) return undefined;
  const { clientHalf, login, agent } = prelogin;
  return { clientHalf, login: login.toString('base64'), agent: agent.toString('base64') };
}

/** Until the console has been quiet for a while: late boot messages belong to the template, not to the first case. */
async function settle(qemu: Qemu): Promise<void> {
  const QUIET_MS = 150;
  for (let round = 0; round < 20; round++) {
    const before = qemu.console.text().length;
    await sleep(QUIET_MS);
    if (qemu.console.text().length === before) return;
  }
}

/**
 * Writes the device state to a file and leaves the memory where it is (x-ignore-shared). The guest is migrated while it
 * runs, so that a restored one runs without being told to.
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

async function describeFiles(folder: string): Promise<z.infer<typeof StoredTemplate>['files']> {
  const files: z.infer<typeof StoredTemplate>['files'] = {};
  for (const name of FILES) {
    const path = join(folder, name);
    // QEMU wants to open the memory for writing, and without root's power may.
    chmodSync(path, name === 'memory' ? 0o600 : 0o400);
    files[name] = await describeFile(path);
  }
  return files;
}

/** Where there is no room for a page of the memory file, QEMU is killed when it first touches the page (mmap(2), SIGBUS). */
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
