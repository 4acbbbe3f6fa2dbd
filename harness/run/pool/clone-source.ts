import { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { Template } from '../../guest/template/template.ts';

/** Guests that are clones of a template. It is made again if somebody removes its files during the run. */
export class CloneSource {
  #template: Promise<Template>;
  #isMaking = false;
  readonly #again: () => Promise<Template>;
  readonly #boots: BootRecord[];

  /** @param again makes the same template again; it fails if the kernel or the initramfs were removed as well */
  constructor(template: Template, again: () => Promise<Template>) {
    this.#template = Promise.resolve(template);
    this.#again = again;
    this.#boots = [template.boot()]; // read at once: the cache may be removed during the run
  }

  async start(limits: Limits, signal: AbortSignal): Promise<GuestMachine> {
    const template = await this.#present();
    try {
      return await GuestMachine.clone(template, limits, signal);
    } catch (error) {
      if (template.isThere()) throw error;
      return GuestMachine.clone(await this.#present(), limits, signal);
    }
  }

  /** The boot of each template so far. */
  boots(): readonly BootRecord[] {
    return this.#boots;
  }

  /** The first case that finds the template missing makes it again; the others wait for it. */
  async #present(): Promise<Template> {
    const template = await this.#template;
    if (template.isThere() || this.#isMaking) return this.#template;
    this.#isMaking = true;
    const made = this.#makeAgain();
    // If it cannot be made, the next case tries again.
    this.#template = made.catch(() => template);
    return made;
  }

  async #makeAgain(): Promise<Template> {
    try {
      const made = await this.#again();
      this.#boots.push(made.boot());
      return made;
    } finally {
      this.#isMaking = false;
    }
  }
}
