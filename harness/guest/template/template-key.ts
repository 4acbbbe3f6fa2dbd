import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { type MachineSpec, machineArguments } from '../qemu/machine.ts';
import { QEMU } from '../qemu/qemu.ts';
import type { LoginKind } from '../ssh/rehearsal.ts';

/** Increased whenever the layout of a stored template or the guest protocol changes. */
export const FORMAT = 14;

/** Everything that a template depends on. */
export interface TemplateInputs {
  readonly spec: MachineSpec;
  readonly kernelSha256: string;
  readonly initramfsSha256: string;
  /** Version and path of the QEMU that makes and restores the template. */
  readonly qemu: string;
  /** Whether clones continue in a recorded login; default: they do. */
  readonly login?: LoginKind;
}

/** The name of the template's folder: a hash of the inputs. */
export function keyOf(inputs: TemplateInputs): string {
  // Images count by their bytes, not by their paths; the other arguments count as they are.
  const spec = {
    ...inputs.spec,
    vmlinux: inputs.kernelSha256,
    initramfs: { path: inputs.initramfsSha256, size: inputs.spec.initramfs.size },
    archives: (inputs.spec.archives ?? []).map((archive) => ({ ...archive, path: archive.sha256 })),
    disks: (inputs.spec.disks ?? []).map((disk) => ({ ...disk, path: disk.identity })),
  };
  const args = machineArguments(spec, { kind: 'template', memory: '' }, '');
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, QEMU, inputs.qemu, args, inputs.login ?? 'recorded', ssh2Version()]))
    .digest('hex')
    .slice(0, 32);
}

/** Another version of the SSH client may not be able to replay a recorded login. */
function ssh2Version(): string {
  const { version } = z.object({ version: z.string() }).parse(createRequire(import.meta.url)('ssh2/package.json'));
  return version;
}
