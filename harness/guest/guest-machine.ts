import type { BootRecord } from './boot-record.ts';
import type { Control, Health } from './control.ts';
import type { Limits } from './limits.ts';
import { type Login, openSsh, resumeLogin } from './login.ts';
import type { MachineSpec } from './machine.ts';
import { Qemu } from './qemu.ts';
import { prepareSsh, type SshConnection } from './ssh.ts';
import type { Template } from './template.ts';
import { awaitGuest } from './waiting.ts';

/** A guest that one case has to itself, logged in. Disposing it leaves nothing. */
export class GuestMachine implements AsyncDisposable {
  readonly qemu: Qemu;
  readonly link: SshConnection;
  /** Length of the console's text when the case began: what comes later is the case's. */
  readonly consoleStart: number;

  readonly control: Control;
  /** The kernel's health when the case began. */
  readonly healthBefore: Health;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;

  private constructor(qemu: Qemu, control: Control, link: SshConnection, healthBefore: Health, hostKey: string) {
    this.healthBefore = healthBefore;
    this.hostKey = hostKey;
    this.qemu = qemu;
    this.control = control;
    this.link = link;
    this.consoleStart = qemu.console.text().length;
  }

  /** A copy-on-write copy of the template, running. */
  static async clone(template: Template, limits: Limits, signal?: AbortSignal): Promise<GuestMachine> {
    const starting = template.startClone(signal);
    prepareSsh();
    const qemu = await starting;
    return GuestMachine.#logIn(qemu, qemu.control, template, limits, signal);
  }

  /** The same from a boot of its own. */
  static async boot(spec: MachineSpec, limits: Limits, signal?: AbortSignal): Promise<GuestMachine> {
    const qemu = await Qemu.start(spec, { kind: 'boot' }, signal);
    const { control } = qemu;
    const awaited = 'ready message of a booting guest';
    try {
      const hostKey = await awaitGuest(qemu, control.ready(), { awaited, limitMs: limits.bootMs, signal });
      return await GuestMachine.#logIn(qemu, control, { hostKey }, limits, signal);
    } catch (error) {
      await qemu[Symbol.asyncDispose]();
      throw error;
    }
  }

  static async #logIn(
    qemu: Qemu,
    control: Control,
    { hostKey, login }: { readonly hostKey: string; readonly login?: Login },
    limits: Limits,
    signal: AbortSignal | undefined,
  ): Promise<GuestMachine> {
    try {
      const adopted = control.adopt();
      const health = await awaitGuest(qemu, adopted, {
        awaited: 'answer of a restored guest',
        limitMs: limits.cloneMs,
        signal,
      });
      if (qemu.ssh === undefined) throw new TypeError('a template has no SSH connection');
      const link = login === undefined ? openSsh(qemu.ssh, hostKey) : resumeLogin(qemu.ssh, hostKey, login);
      const connection = await awaitGuest(qemu, link, { awaited: 'SSH login', limitMs: limits.sshMs, signal });
      return new GuestMachine(qemu, control, connection, health, hostKey);
    } catch (error) {
      await qemu[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What came before the case: with a boot of its own, that boot. */
  get boot(): Omit<BootRecord, 'ms'> {
    return { console: this.qemu.console.text().slice(0, this.consoleStart), health: this.healthBefore };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.link[Symbol.dispose]();
    await this.qemu[Symbol.asyncDispose]();
  }
}
