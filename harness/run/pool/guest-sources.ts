import { asKconformError, type KconformError } from '../../errors/error.ts';
import type { BootRecord } from '../../guest/template/boot-record.ts';
import type { PlannedKernel } from '../../kernels/resolve.ts';
import { identityOf } from '../case-result.ts';
import type { Environment, GuestSource, Isolation } from '../environment.ts';
import type { Emit } from '../result-log.ts';
import type { KernelImages } from './kernel-images.ts';
import { once } from './once.ts';

/** What the guests of a run are started from, by kernel and isolation. Each source is opened once, when it is needed first. */
export class GuestSources {
  readonly images: KernelImages;
  readonly #environment: Environment;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  readonly #opened = new Map<PlannedKernel, GuestSource[]>();
  readonly #by: Readonly<Record<Isolation, (kernel: PlannedKernel) => Promise<GuestSource | KconformError>>>;

  constructor(images: KernelImages, environment: Environment, emit: Emit, signal: AbortSignal) {
    this.images = images;
    this.#environment = environment;
    this.#emit = emit;
    this.#signal = signal;
    this.#by = {
      clone: once((kernel) => this.#open(kernel, 'clone')),
      cold: once((kernel) => this.#open(kernel, 'cold')),
    };
  }

  /** Gives the source, or why there is none. Never rejects. */
  of(kernel: PlannedKernel, isolation: Isolation): Promise<GuestSource | KconformError> {
    return this.#by[isolation](kernel);
  }

  hasOpened(kernel: PlannedKernel): boolean {
    return this.#opened.has(kernel);
  }

  /** The boots behind all guests of that kernel, so far. */
  bootsOf(kernel: PlannedKernel): BootRecord[] {
    return (this.#opened.get(kernel) ?? []).flatMap((source) => source.boots());
  }

  async #open(kernel: PlannedKernel, isolation: Isolation): Promise<GuestSource | KconformError> {
    const image = await this.images.obtain(kernel);
    if (image instanceof Error) return image;
    const progress = (message: string) => void this.#emit({ type: 'progress', message });
    try {
      progress(`making guests of ${image.version} ready`);
      const source = await this.#environment.guestsOf(image, isolation, progress, this.#signal);
      await this.#emit({ type: 'kernel-ready', kernel: identityOf(image), ms: source.readyMs });
      this.#opened.set(kernel, [...(this.#opened.get(kernel) ?? []), source]);
      return source;
    } catch (error) {
      return asKconformError(error, 'harness', 'KC_TEMPLATE');
    }
  }
}
