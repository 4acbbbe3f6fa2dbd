import type { AgentClient } from './agent/client.ts';
import type { Limits } from './limits/limits.ts';
import { awaitGuest, awaitReady } from './limits/waiting.ts';
import type { Control, Health } from './qemu/control.ts';
import type { MachineSpec } from './qemu/machine.ts';
import { Qemu } from './qemu/qemu.ts';
import { prepareSsh } from './ssh/client.ts';
import { openSession, type SshSession } from './ssh/login.ts';
import { type Prelogin, resumePrelogin } from './ssh/prelogin/prelogin.ts';
import type { BootRecord } from './template/boot-record.ts';
import type { Template } from './template/template.ts';

/** What is known of a guest before anything of its case happens: in a clone, before it runs. */
interface Before {
  readonly hostKey: string;
  readonly prelogin?: Prelogin | undefined;
  readonly healthBefore: Health;
  readonly consoleStart: number;
}

/** A guest that one case has to itself, logged in. Disposing it leaves nothing. */
export class GuestMachine implements AsyncDisposable {
  readonly qemu: Qemu;
  /** The agent at the other end of the SSH connection. */
  readonly agent: AgentClient;
  /** Length of the console's text when the case began: what comes later is the case's. */
  readonly consoleStart: number;

  readonly control: Control;
  /** The kernel's health when the case began. */
  readonly healthBefore: Health;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;

  readonly #session: SshSession;

  private constructor(qemu: Qemu, session: SshSession, { healthBefore, consoleStart, hostKey }: Before) {
    this.healthBefore = healthBefore;
    this.hostKey = hostKey;
    this.qemu = qemu;
    this.control = qemu.control;
    this.#session = session;
    this.agent = session.agent;
    this.consoleStart = consoleStart;
  }

  /** A copy-on-write copy of the template, running. */
  static async clone(template: Template, limits: Limits, signal?: AbortSignal): Promise<GuestMachine> {
    const starting = template.startClone(signal);
    prepareSsh();
    const qemu = await starting;
    const { hostKey, prelogin, health: healthBefore } = template;
    const before = { hostKey, prelogin, healthBefore, consoleStart: 0 };
    return GuestMachine.#open(qemu, before, limits, signal);
  }

  /** The same from a boot of its own. */
  static async boot(spec: MachineSpec, limits: Limits, signal?: AbortSignal): Promise<GuestMachine> {
    const qemu = await Qemu.start(spec, { kind: 'boot' }, signal);
    const { control } = qemu;
    const awaited = 'ready message of a booting guest';
    try {
      const hostKey = await awaitReady(qemu, { limitMs: limits.bootMs, signal });
      const healthBefore = await awaitGuest(qemu, control.settle(), { awaited, limitMs: limits.cloneMs, signal });
      await awaitGuest(qemu, control.beginLog(), { awaited, limitMs: limits.cloneMs, signal });
      const before = { hostKey, healthBefore, consoleStart: qemu.console.text().length };
      return await GuestMachine.#open(qemu, before, limits, signal);
    } catch (error) {
      await qemu[Symbol.asyncDispose]();
      throw error;
    }
  }

  static async #open(
    qemu: Qemu,
    before: Before,
    limits: Limits,
    signal: AbortSignal | undefined,
  ): Promise<GuestMachine> {
    const { hostKey, prelogin } = before;
    let resuming: Promise<SshSession> | undefined;
    try {
      if (qemu.ssh === undefined) throw new TypeError('a template has no SSH connection');
      const adopting = qemu.control.adopt();
      // A recorded login needs nothing of the guest, so our side goes through it while the guest works.
      if (prelogin !== undefined) resuming = resumePrelogin(qemu.ssh, hostKey, prelogin);
      resuming?.catch(() => undefined); // awaited below, unless the guest fails first
      const adopted = { awaited: 'answer of a restored guest', limitMs: limits.cloneMs, signal };
      await awaitGuest(qemu, adopting, adopted);
      const opening = resuming ?? openSession(qemu.ssh, hostKey); // its keys come after the seed
      const session = await awaitGuest(qemu, opening, { awaited: 'SSH login', limitMs: limits.sshMs, signal });
      return new GuestMachine(qemu, session, before);
    } catch (error) {
      resuming?.then((session) => session[Symbol.dispose]()).catch(() => undefined); // it ends with its connection
      await qemu[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What came before the case: with a boot of its own, that boot. */
  get boot(): Omit<BootRecord, 'ms'> {
    return { console: this.qemu.console.text().slice(0, this.consoleStart), health: this.healthBefore };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session[Symbol.dispose]();
    await this.qemu[Symbol.asyncDispose]();
  }
}
