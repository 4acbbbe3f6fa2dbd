import type { PreparedScenario } from '../../authors/prepared.ts';
import { KconformError } from '../../errors/error.ts';
import { noReports } from '../../expect/outcome.ts';
import { backtraces } from '../../guest/debug/backtraces.ts';
import { dumpMemory } from '../../guest/debug/dump.ts';
import { openGdbServer } from '../../guest/debug/gdb-server.ts';
import type { DebugTarget } from '../../guest/debug/target.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { plain } from '../../report/text/text.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { progressToStderr } from '../options.ts';
import { keyPress } from './key.ts';
import type { DebugOptions } from './options.ts';
import { StopAt } from './stop-at.ts';
import { attachCommand, type DebugImage, debugImage, openCommands } from './symbols.ts';

/**
 * Stops one guest where a person wants to look into it, and looks into it. While the guest is stopped, no limit runs. A run that was
 * stopped gives no verdict.
 */
export class DebugSession implements AsyncDisposable {
  /** Aborted when the person has seen enough: ends the run. */
  readonly signal: AbortSignal;
  readonly #target: DebugTarget;
  readonly #options: DebugOptions;
  readonly #image: DebugImage;
  readonly #socket: string;
  readonly #over = new AbortController();
  #stopAt: StopAt | undefined;
  #held: Disposable | undefined;
  /** Where it was stopped first; undefined while it never was. */
  #stoppedAt: string | undefined;
  #isLookedInto = false;
  #look: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(target: DebugTarget, kernel: Kernel, options: DebugOptions, socket: string, signal: AbortSignal) {
    this.#target = target;
    this.#options = options;
    this.#image = debugImage(kernel);
    this.#socket = socket;
    this.signal = AbortSignal.any([signal, this.#over.signal]);
    const { qmp, pause } = target.qemu;
    if (target.isNew === true) this.#held = pause.hold();
    qmp.on('STOP', () => {
      this.#held ??= pause.hold();
    });
    qmp.on('RESUME', () => this.#resume());
  }

  /** Prepares a guest in which nothing has happened yet, and begins a new one. @throws KC_NO_SUCH_FUNCTION, KC_DEBUGGER */
  static async open(
    target: DebugTarget,
    kernel: Kernel,
    options: DebugOptions,
    signal: AbortSignal,
  ): Promise<DebugSession> {
    await target.qemu.stayAfterEnd();
    const socket = await openGdbServer(target.qemu);
    const session = new DebugSession(target, kernel, options, socket, signal);
    await session.#begin(kernel);
    return session;
  }

  async #begin(kernel: Kernel): Promise<void> {
    const { gdb, stopAt } = this.#options;
    const { missing, image } = this.#image;
    if (missing !== undefined) progressToStderr(`no symbols: ${missing}`);
    if (stopAt !== undefined && stopAt !== 'end') {
      this.#stopAt = await StopAt.arm(stopAt, {
        target: this.#target,
        socket: this.#socket,
        symbols: image,
        version: kernel.version,
      });
      this.#stopAt.reached.then(
        (where) => this.#stopped(where),
        (error: unknown) => this.#fail(error),
      );
    }
    const { isNew, qemu } = this.#target;
    if (stopAt !== undefined) return;
    if (gdb === true) {
      await qemu.qmp.execute('stop');
      const beginning = isNew === true ? 'kernel' : 'scenario';
      this.#stoppedAt = `the beginning of the ${beginning}`;
      progressToStderr(
        `the guest is stopped before the ${beginning} begins; set breakpoints and continue, or press a key`,
      );
      await this.#wait();
    }
    // A key: go on without gdb.
    if (!this.signal.aborted && this.#held !== undefined) await qemu.qmp.execute('cont');
  }

  /** The scenario, which stops the guest at its end if that is asked for. */
  watch(scenario: PreparedScenario): PreparedScenario {
    if (this.#options.stopAt !== 'end') return scenario;
    return {
      run: async (setting) => {
        try {
          return await scenario.run(setting);
        } finally {
          if (!this.signal.aborted) {
            await this.#target.qemu.qmp.execute('stop');
            await this.#stopped('the end of the scenario');
          }
        }
      },
      expireCalls: () => scenario.expireCalls(),
      variations: () => scenario.variations(),
      unawaited: () => scenario.unawaited(),
      [Symbol.asyncDispose]: () => scenario[Symbol.asyncDispose](),
    };
  }

  /** Whether the guest was stopped, so that the run gives no verdict. */
  get wasStopped(): boolean {
    return this.#stoppedAt !== undefined;
  }

  /** Call it at the end of the run. @returns what may be said of it: nothing of the kernel where the guest was stopped */
  async finish(seen: ScenarioRun): Promise<ScenarioRun> {
    await this.end();
    return this.judged(seen);
  }

  /** Looks into a guest whose run has ended. @throws what went wrong in the debugger */
  async end(): Promise<void> {
    await this.#look;
    // Gdb has stopped it again, or it has panicked under gdb.
    const mayBeAttached = this.#options.gdb === true || this.#isLookedInto;
    if (mayBeAttached && this.#held !== undefined && !this.signal.aborted) await this.#wait();
    if (this.#failure !== undefined) throw this.#failure;
    const { stopAt } = this.#options;
    const isReached = this.#isLookedInto;
    if (!isReached && stopAt !== undefined) progressToStderr(`the guest was not stopped: ${stopAt} was not reached`);
    this.#stopAt?.[Symbol.dispose]();
    if (!isReached) await this.#lookInto();
  }

  /** What may be said of a run: nothing of the kernel where its guest was stopped. */
  judged(seen: ScenarioRun): ScenarioRun {
    if (this.#stoppedAt === undefined) return seen;
    const failure = new KconformError(`stopped at ${this.#stoppedAt}: a run that a debugger stopped gives no verdict`, {
      code: 'KC_DEBUGGED',
      blame: 'host',
    });
    return { console: seen.console, failure, outcome: { observations: undefined, oracles: noReports } };
  }

  async #stopped(where: string): Promise<void> {
    this.#stoppedAt = where;
    this.#look = this.#atStop(where).catch((error: unknown) => this.#fail(error));
    await this.#look;
  }

  async #atStop(where: string): Promise<void> {
    const { gdb, dump, backtraces: wanted } = this.#options;
    progressToStderr(`stopped at ${plain(where)}`);
    this.#isLookedInto = true;
    await this.#lookInto();
    if (gdb === true || (dump === undefined && wanted !== true)) await this.#wait();
    // Where gdb lets it go on, so does the run.
    if (this.#held !== undefined) this.#over.abort();
  }

  /** Writes the dump and prints the backtraces that are asked for; the guest is stopped meanwhile. */
  async #lookInto(): Promise<void> {
    const { dump, backtraces: wanted } = this.#options;
    const { qemu } = this.#target;
    if (dump === undefined && wanted !== true) return;
    const runs = this.#held === undefined;
    if (runs) await qemu.qmp.execute('stop');
    if (dump !== undefined) {
      const { hasVmcoreinfo } = await dumpMemory(qemu, dump);
      progressToStderr(`the memory of the guest is in ${dump}`);
      for (const line of openCommands(dump, this.#image, hasVmcoreinfo)) progressToStderr(`open it: ${line}`);
    }
    if (wanted === true && this.#image.image !== undefined)
      process.stdout.write(await backtraces(qemu, this.#socket, this.#image.image));
    if (runs) await qemu.qmp.execute('cont');
  }

  /** Until a key, the end of QEMU, or until gdb lets the guest go on. */
  async #wait(): Promise<void> {
    progressToStderr(`attach in another terminal: ${attachCommand(this.#socket, this.#image)}`);
    progressToStderr('no limit runs while the guest is stopped; press a key to go on without gdb');
    const resumed = new Promise<void>((resolve) => this.#target.qemu.qmp.once('RESUME', () => resolve()));
    using key = keyPress();
    const aborted = new Promise<void>((resolve) =>
      this.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([key.pressed, resumed, aborted, this.#target.qemu.qmp.closed]);
  }

  #resume(): void {
    this.#held?.[Symbol.dispose]();
    this.#held = undefined;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#over.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#look;
    this.#resume();
    this.#stopAt?.[Symbol.dispose]();
  }
}
