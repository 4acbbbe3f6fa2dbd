import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { ensureFolder } from '../cache/folder.ts';
import { KconformError } from '../errors.ts';
import { Control } from './control.ts';
import type { Accelerator, MachineSpec } from './machine.ts';
import { type Ending, QEMU, Qemu } from './qemu.ts';

/** The accelerator that guests run under, and why it is this one: shown in the terminal and kept in every result. */
export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  readonly reason: string;
}

/** A KVM that works has a published kernel at its ready message in under 2 s; one that does not costs this, once. */
const PROBE_LIMIT_MS = 8_000;

const Remembered = z.object({
  boot: z.string(),
  qemu: z.string(),
  uid: z.number(),
  accelerator: z.enum(['kvm', 'tcg']),
  reason: z.string(),
});

/** What identifies the installed QEMU: its own version line, remembered by the binary's size and time. */
export async function qemuVersion(memo: string): Promise<string> {
  const Memo = z.object({ binary: z.string(), version: z.string() });
  const path = (process.env.PATH ?? '')
    .split(':')
    .map((folder) => `${folder}/${QEMU}`)
    .find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new KconformError(`${QEMU} is not installed`, {
      code: 'KC_QEMU_MISSING',
      blame: 'host',
      hint: 'apt-get install qemu-system-x86',
    });
  }
  const { size, mtimeMs } = await stat(path);
  const binary = `${path} ${size} ${mtimeMs}`;
  const known = await readMemo(memo, Memo);
  if (known?.binary === binary) return known.version;
  const { stdout } = await execa(path, ['--version']);
  const version = /version (\S+.*)/.exec(stdout.split('\n')[0] ?? '')?.[1] ?? stdout;
  await writeMemo(memo, { binary, version });
  return version;
}

/**
 * KVM where it truly runs this kernel, found out by booting it: a /dev/kvm that opens and makes vCPUs may still fail on
 * the first instructions of a guest. The answer holds for this boot of the host, this QEMU and this user.
 * @param published whether the kernel is known to boot: of one that may hang by its own fault, the answer is not remembered
 */
export async function chooseAccelerator(
  memo: string,
  spec: Omit<MachineSpec, 'accelerator'>,
  qemu: string,
  published: boolean,
  progress: (message: string) => void,
): Promise<AcceleratorChoice> {
  const denied = kvmDenied();
  if (denied !== undefined) return { accelerator: 'tcg', reason: denied };
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const uid = process.getuid?.() ?? -1;
  const known = await readMemo(memo, Remembered);
  if (known?.boot === boot && known.qemu === qemu && known.uid === uid) {
    return { accelerator: known.accelerator, reason: known.reason };
  }
  progress('trying whether /dev/kvm runs a kernel (once for this boot of the host)');
  const failure = await kvmFailure({ ...spec, accelerator: 'kvm' });
  const choice: AcceleratorChoice =
    failure === undefined
      ? { accelerator: 'kvm', reason: '/dev/kvm ran this kernel' }
      : { accelerator: 'tcg', reason: `/dev/kvm cannot run ${published ? 'a' : 'this'} kernel: ${failure}` };
  if (failure === undefined || published) await writeMemo(memo, { boot, qemu, uid, ...choice });
  return choice;
}

function kvmDenied(): string | undefined {
  if (!existsSync('/dev/kvm')) return 'there is no /dev/kvm';
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return 'no permission for /dev/kvm (add yourself to the group kvm)';
  }
}

/** Why a trial that ended like this speaks against KVM; undefined when it does not: a kernel that panics is one that runs. */
export function kvmFault({ kind, reason }: Ending): string | undefined {
  return kind === 'panic' ? undefined : reason;
}

/** Why KVM did not run the guest, or undefined when it did. */
async function kvmFailure(spec: MachineSpec): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await using qemu = await Qemu.start(spec, { kind: 'boot' });
    const limit = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`a guest was not up within ${PROBE_LIMIT_MS / 1000} s`), PROBE_LIMIT_MS);
    });
    const up = new Control(qemu.control).ready().then(() => undefined);
    return await Promise.race([up, qemu.ended.then(kvmFault), limit]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readMemo<T>(path: string, shape: z.ZodType<T>): Promise<T | undefined> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // absent or of another version: found out again
  }
}

async function writeMemo(path: string, value: unknown): Promise<void> {
  try {
    await ensureFolder(dirname(path));
    await writeFile(path, JSON.stringify(value));
  } catch {
    // a read-only cache: found out again the next time
  }
}
