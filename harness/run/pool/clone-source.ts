import { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import type { Template } from '../../guest/template/template.ts';

/** Clones of a template, which is made anew when somebody has removed its files during the run. */
export class CloneSource {
  #template: Promise<Template>;
  #isMaking = false;
  readonly #again: () => Promise<Template>;

  /** @param again makes the same template anew; it fails where what it is made of was removed as well */
  constructor(template: Template, again: () => Promise<Template>) {
    this.#template = Promise.resolve(template);
    this.#again = again;
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

  /** One of the cases that notice it makes the template; the others wait for it. */
  async #present(): Promise<Template> {
    const template = await this.#template;
    if (template.isThere() || this.#isMaking) return this.#template;
    this.#isMaking = true;
    const made = this.#again().finally(() => {
      this.#isMaking = false;
    });
    // One that could not be made is tried again by the next case.
    this.#template = made.catch(() => template);
    return made;
  }
}
