import { asKconformError, KconformError } from '../../errors/error.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { describeMachine } from '../../machine/describe.ts';
import { DEFAULT_MACHINE, isDefaultMachine, type Machine, machineKey } from '../../machine/machine.ts';
import { identityOf } from '../case-result.ts';
import type { Environment, GuestSource, Isolation } from '../environment.ts';
import type { Emit } from '../result-log.ts';
import type { KernelImages } from './kernel-images.ts';

/** The boots of guests on one machine. */
export interface MachineBoots {
  readonly machine: Machine;
  readonly boots: readonly BootRecord[];
}

interface OpenedSource {
  readonly machine: Machine;
  readonly source: Pick<GuestSource, 'boots'>;
}

/** Which guests a job needs. */
export interface GuestsWanted {
  readonly kernel: PlannedKernel;
  readonly machine: Machine;
  readonly isolation: Isolation;
}

/** What the guests of a run are started from. Each source is opened once, when it is needed first. */
export class GuestSources {
  readonly images: KernelImages;
  /** Takes a message about what takes a while. */
  readonly progress = (message: string) => void this.#emit({ type: 'progress', message });
  readonly #environment: Environment;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  readonly #opened = new Map<PlannedKernel, OpenedSource[]>();
  readonly #known = new Map<PlannedKernel, Map<string, Promise<GuestSource | KconformError>>>();

  constructor(images: KernelImages, environment: Environment, emit: Emit, signal: AbortSignal) {
    this.images = images;
    this.#environment = environment;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Gives the source, or why there is none. Never rejects. */
  of(wanted: GuestsWanted): Promise<GuestSource | KconformError> {
    const { kernel, machine, isolation } = wanted;
    const ofKernel = this.#known.get(kernel) ?? new Map<string, Promise<GuestSource | KconformError>>();
    this.#known.set(kernel, ofKernel);
    const key = `${isolation} ${machineKey(machine)}`;
    const known = ofKernel.get(key) ?? this.#open(wanted);
    ofKernel.set(key, known);
    return known;
  }

  hasOpened(kernel: PlannedKernel): boolean {
    return this.#opened.has(kernel);
  }

  /** Takes a boot of a guest that was not started from a source. */
  async addBoot(kernel: PlannedKernel, machine: Machine, boot: BootRecord): Promise<void> {
    this.#opened.set(kernel, [...(this.#opened.get(kernel) ?? []), { machine, source: { boots: () => [boot] } }]);
    await this.#emit({ type: 'kernel-ready', kernel: identityOf(kernel), ms: boot.ms });
  }

  /** The boots behind all guests of that kernel so far, for each machine. */
  bootsOf(kernel: PlannedKernel): MachineBoots[] {
    const byMachine = new Map<string, MachineBoots>();
    for (const { machine, source } of this.#opened.get(kernel) ?? []) {
      const earlier = byMachine.get(machineKey(machine))?.boots ?? [];
      byMachine.set(machineKey(machine), { machine, boots: [...earlier, ...source.boots()] });
    }
    return [...byMachine.values()];
  }

  async #open({ kernel, machine, isolation }: GuestsWanted): Promise<GuestSource | KconformError> {
    const image = await this.images.obtain(kernel);
    if (image instanceof Error) return image;
    const { progress } = this;
    try {
      progress(`making guests of ${image.version} ready`);
      const source = await this.#environment.guestsOf({ kernel: image, machine }, isolation, progress, this.#signal);
      await this.#emit({ type: 'kernel-ready', kernel: identityOf(image), ms: source.readyMs });
      this.#opened.set(kernel, [...(this.#opened.get(kernel) ?? []), { machine, source }]);
      return source;
    } catch (error) {
      const failure = asKconformError(error, 'harness', 'KC_TEMPLATE');
      return failure.blame === 'kernel' ? this.#orMachineAtFault(failure, { kernel, machine, isolation }) : failure;
    }
  }

  /** A kernel that boots on the default machine is not called broken for the parameters, modules or devices of another one. */
  async #orMachineAtFault(failure: KconformError, wanted: GuestsWanted): Promise<KconformError> {
    if (isDefaultMachine(wanted.machine)) return failure;
    const plain = await this.of({ ...wanted, machine: DEFAULT_MACHINE });
    if (plain instanceof Error) return failure;
    const machine = describeMachine(wanted.machine);
    return new KconformError(
      `no guest boots on the machine asked for (${machine}), but on the default one: ${failure.message}`,
      {
        code: 'KC_MACHINE_BOOT',
        blame: 'case',
        hint: 'look at the console: a parameter, a module or a device may be wrong, or the kernel has a fault with it',
        evidence: failure.evidence,
        cause: failure,
      },
    );
  }
}
