import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { copyOfHarness } from '../../authors/copy.ts';
import { hashOf } from '../../cache/known-file.ts';
import { qemuBinary } from '../../guest/qemu/accelerator.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import type { Steering } from '../case/observe-case.ts';
import type { HostFacts } from '../events.ts';
import { FORMAT } from './kept-outcome.ts';

/** All that what a guest shows of a case depends on. */
export interface OutcomeInputs {
  readonly case: string;
  /** See ScenarioInputs. */
  readonly scenario: string;
  readonly steering: Steering;
  readonly kernel: Kernel;
  /** The name of the template of its guests: the bytes of kernel, initramfs, modules, packages, files and disks, QEMU's version and arguments. */
  readonly guest: string;
  readonly accelerator: HostFacts['accelerator'];
  /** See observingCode. */
  readonly code: string;
}

/** The name of a kept outcome: a hash of everything that it depends on. */
export async function outcomeKey({ kernel, accelerator, ...inputs }: OutcomeInputs): Promise<string> {
  const { case: name, scenario, steering, guest, code } = inputs;
  const { needs, limitMs, leaks } = steering;
  const steered = [needs.files ?? [], needs.features ?? [], limitMs ?? null, leaks];
  const kernelParts = [await symbolsOf(kernel), kernel.leakModule === undefined ? '' : await hashOf(kernel.leakModule)];
  const host = [await qemuBinary(), accelerator === 'kvm' ? cpuOfHost() : ''];
  return sha256([FORMAT, name, scenario, steered, guest, accelerator, code, kernelParts, host]);
}

/** The name of a case's mark as unstable, the same for all kernels: what is unstable on one may be on another. */
export function caseKey({ case: name, scenario, code }: Pick<OutcomeInputs, 'case' | 'scenario' | 'code'>): string {
  return sha256([FORMAT, name, scenario, code]);
}

/** Symbols: their names are in the text of splats. */
async function symbolsOf({ symbols }: Kernel): Promise<unknown> {
  if (typeof symbols !== 'string') return symbols ?? null;
  const { ino, size, ctimeMs } = await stat(symbols);
  return [symbols, ino, size, ctimeMs];
}

/** Guests under KVM see the processor of the host, and a kernel of the host serves them. */
function cpuOfHost(): string {
  const [first = ''] = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n');
  const constant = first
    .split('\n')
    .filter((line) => /^(vendor_id|cpu family|model|stepping|microcode|flags|bugs)\b/.test(line));
  return sha256([constant, readFileSync('/proc/sys/kernel/osrelease', 'utf8')]);
}

const ObservingCode = z.object({ hash: z.string(), files: z.array(z.string()) });

/** The code of kconform that decides how a case is observed (cli/compiled/compiled-copy.mjs). */
export async function observingCode(): Promise<z.infer<typeof ObservingCode>> {
  const path = new URL('observing.json', await copyOfHarness());
  return ObservingCode.parse(JSON.parse(await readFile(path, 'utf8')));
}

function sha256(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
