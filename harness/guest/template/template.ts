import { existsSync } from 'node:fs';
import { open, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from '../../cache/folder.ts';
import { withLock } from '../../cache/lock.ts';
import { markUse } from '../../cache/use.ts';
import { KconformError } from '../../errors/error.ts';
import { readConsole } from '../qemu/console.ts';
import type { Health } from '../qemu/control.ts';
import type { MachineSpec } from '../qemu/machine.ts';
import { Qemu } from '../qemu/qemu.ts';
import type { Prelogin } from '../ssh/prelogin/prelogin.ts';
import type { BootRecord } from './boot-record.ts';
import { makeTemplate, type TemplateOptions } from './make-template.ts';
import { loadTemplate, type StoredTemplate } from './stored-template.ts';
import { keyOf, type TemplateInputs } from './template-key.ts';
import { cacheRemoved } from './verify-images.ts';
import { openableForWriting } from './writable-file.ts';

/** A booted guest, frozen after a client had logged in to its SSH server. Its files are never written again. */
export class Template {
  readonly folder: string;
  readonly hostKey: string;
  readonly #boot: Omit<BootRecord, 'console'>;
  readonly spec: MachineSpec;
  /** The login that clones continue; undefined if each clone logs in by itself. */
  readonly prelogin: Prelogin | undefined;
  /** The file that clones map; see {@link openableForWriting}. */
  readonly #memory: string;

  private constructor(folder: string, memory: string, spec: MachineSpec, { facts, ssh }: StoredTemplate) {
    this.folder = folder;
    this.#memory = memory;
    this.spec = spec;
    this.hostKey = ssh.hostKey;
    this.prelogin = ssh.prelogin;
    this.#boot = { health: facts.health, ms: facts.bootMs, failedBefore: facts.failedBefore };
  }

  /**
   * Returns the stored template for these inputs, or makes it if it is missing or damaged.
   * @param parent the cache's folder of templates
   */
  static async obtain(parent: string, inputs: TemplateInputs, options: TemplateOptions): Promise<Template> {
    const folder = join(parent, keyOf(inputs));
    for (const { path } of inputs.spec.disks ?? []) if (!existsSync(path)) throw cacheRemoved(path);
    const lock = {
      awaited: 'another run that makes the same template',
      ...(options.signal ? { signal: options.signal } : {}),
      onWait: (message: string) => options.progress?.(message),
    };
    try {
      await ensureFolder(parent);
      return await withLock(`${folder}.lock`, lock, async () => {
        await markUse(folder);
        const found = await loadTemplate(folder);
        const now = new Date();
        if (found !== undefined) await utimes(folder, now, now); // the least recently used is removed first
        return Template.#of(folder, inputs.spec, found ?? (await makeTemplate(folder, inputs, options)));
      });
    } catch (error) {
      const unwritable = error instanceof KconformError && error.code === 'KC_CACHE_UNWRITABLE';
      const found = unwritable ? await loadTemplate(folder) : undefined;
      if (found === undefined) throw error;
      return Template.#of(folder, inputs.spec, found); // a read-only cache: nobody removes the template
    }
  }

  static async #of(folder: string, spec: MachineSpec, stored: StoredTemplate): Promise<Template> {
    return new Template(folder, await openableForWriting(join(folder, 'memory')), spec, stored);
  }

  /** The record of the template's boot. Every clone's console continues its console. */
  boot(): BootRecord {
    return { console: readConsole(join(this.folder, 'console.log')), ...this.#boot };
  }

  /** Whether the files still exist: somebody may have removed the cache. */
  isThere(): boolean {
    const disks = (this.spec.disks ?? []).map(({ path }) => path);
    return [join(this.folder, 'state'), this.#memory, ...disks].every((path) => existsSync(path));
  }

  /** The kernel's health when it was frozen: that of each clone before its case. */
  get health(): Health {
    return this.#boot.health;
  }

  /** Spawns a clone, which runs as soon as its device state is read. */
  async startClone(signal?: AbortSignal): Promise<Qemu> {
    const state = await open(join(this.folder, 'state'), 'r');
    try {
      return await Qemu.start(this.spec, { kind: 'clone', memory: this.#memory, stateFd: state.fd }, signal);
    } finally {
      await state.close();
    }
  }
}
