import { asKconformError, type KconformError } from '../../errors/error.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { type Machine, machineKey } from '../../machine/machine.ts';
import { identityOf } from '../case-result.ts';
import type { Environment, GuestSource, Isolation } from '../environment.ts';
import type { Emit } from '../result-log.ts';
import type { KernelImages } from './kernel-images.ts';

/** Which guests a job needs. */
export interface GuestsWanted {
  readonly kernel: PlannedKernel;
  readonly machine: Machine;
  readonly isolation: Isolation;
}

/** What the guests of a run are started from. Each source is opened once, when it is needed first. */
export class GuestSources {
  readonly images: KernelImages;
  readonly #environment: Environment;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  readonly #opened = new Map<PlannedKernel, GuestSource[]>();
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

  /** The boots behind all guests of that kernel so far, on every machine. */
  bootsOf(kernel: PlannedKernel): BootRecord[] {
    return (this.#opened.get(kernel) ?? []).flatMap((source) => source.boots());
  }

  async #open({ kernel, machine, isolation }: GuestsWanted): Promise<GuestSource | KconformError> {
    const image = await this.images.obtain(kernel);
    if (image instanceof Error) return image;
    const progress = (message: string) => void this.#emit({ type: 'progress', message });
    try {
      progress(`making guests of ${image.version} ready`);
      const source = await this.#environment.guestsOf({ kernel: image, machine }, isolation, progress, this.#signal);
      await this.#emit({ type: 'kernel-ready', kernel: identityOf(image), ms: source.readyMs });
      this.#opened.set(kernel, [...(this.#opened.get(kernel) ?? []), source]);
      return source;
    } catch (error) {
      return asKconformError(error, 'harness', 'KC_TEMPLATE');
    }
  }
}
