import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ensureFolder } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import type { Ending } from '../ending.ts';
import { startChild } from './child.ts';
import type { Accelerator, MachineSpec } from './machine.ts';
import { interruptedError, QEMU, Qemu, startError } from './qemu.ts';

/** The accelerator that guests run under, and why it is this one: shown in the terminal and kept in every result. */
export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  readonly reason: string;
}

/** A KVM that works has a published kernel at its ready message in under 2 s; one that does not costs this, once. */
const PROBE_LIMIT_MS = 8_000;

/** QEMU prints its version within 50 ms; the limit is for a loaded host. */
const VERSION_MS = 15_000;

const Remembered = z.object({
  boot: z.string(),
  qemu: z.string(),
  uid: z.number(),
  accelerator: z.enum(['kvm', 'tcg']),
  reason: z.string(),
});

/** What identifies the installed QEMU: its own version line, remembered by the binary's size and time. */
export async function qemuVersion(memo: string, signal?: AbortSignal): Promise<string> {
  const Memo = z.object({ binary: z.string(), version: z.string() });
  const { path, binary } = await findQemu();
  const known = await readMemo(memo, Memo);
  if (known?.binary === binary) return known.version;
  const version = await askVersion(path, signal);
  await writeMemo(memo, { binary, version });
  return version;
}

/** Path, size and time of the QEMU that would be started. @throws KC_QEMU_MISSING (host) */
export async function qemuBinary(): Promise<string> {
  return (await findQemu()).binary;
}

async function findQemu(): Promise<{ readonly path: string; readonly binary: string }> {
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
  return { path, binary: `${path} ${size} ${mtimeMs}` };
}

async function askVersion(path: string, signal: AbortSignal | undefined): Promise<string> {
  const child = startChild(path, ['--version']);
  const over = new AbortController();
  const waits = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])]);
  const limit = sleep(VERSION_MS, undefined, { signal: waits }).catch(() => undefined); // aborted: there is no limit any more
  const exit = await Promise.race([child.exited, limit]);
  over.abort();
  await child.end();
  if (exit === undefined && signal?.aborted === true) throw interruptedError('the version of QEMU');
  if (exit?.error !== undefined) throw startError(exit);
  const version = /version (\S+.*)/.exec(exit?.output ?? '')?.[1];
  if (version !== undefined) return version;
  const why = exit === undefined ? `no answer within ${VERSION_MS / 1000} s` : exit.output.trim().split('\n')[0];
  throw new KconformError(`${path} --version does not print a version: ${why || 'no output'}`, {
    code: 'KC_QEMU_START',
    blame: 'host',
    hint: `see what it does: ${path} --version; its disk may not answer`,
    evidence: { output: exit?.output ?? '' },
  });
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
  signal?: AbortSignal,
): Promise<AcceleratorChoice> {
  const denied = kvmDenied();
  if (denied !== undefined) return { accelerator: 'tcg', reason: denied };
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const uid = process.getuid?.() ?? -1;
  const known = await readMemo(memo, Remembered);
  if (known?.boot === boot && known.qemu === qemu && known.uid === uid) {
    return { accelerator: known.accelerator, reason: known.reason };
  }
  progress('testing whether /dev/kvm runs a kernel (once per boot of the host)');
  const failure = await tryKvm({ ...spec, accelerator: 'kvm' }, signal);
  const choice: AcceleratorChoice =
    failure === undefined
      ? { accelerator: 'kvm', reason: '/dev/kvm ran this kernel' }
      : { accelerator: 'tcg', reason: `/dev/kvm cannot run ${published ? 'a' : 'this'} kernel: ${failure.reason}` };
  if (failure === undefined || (published && failure.lasting)) await writeMemo(memo, { boot, qemu, uid, ...choice });
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

/** Why KVM did not run a guest. */
export interface KvmFailure {
  readonly reason: string;
  /** Whether another trial would end in the same way; false when something on the host ended this one. */
  readonly lasting: boolean;
}

/** What a trial that ended like this says against KVM: nothing where the kernel got as far as a panic or our init. */
export function kvmFailureOf({ kind, reason }: Ending): KvmFailure | undefined {
  if (kind === 'panic' || kind === 'init') return undefined;
  return { reason, lasting: kind !== 'killed' };
}

/** Why KVM did not run the guest, or undefined when it did. */
async function tryKvm(spec: MachineSpec, signal: AbortSignal | undefined): Promise<KvmFailure | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await using qemu = await Qemu.start(spec, { kind: 'boot' }, signal);
    const limit = new Promise<KvmFailure>((resolve) => {
      const failure = { reason: `a guest was not up within ${PROBE_LIMIT_MS / 1000} s`, lasting: true };
      timer = setTimeout(() => resolve(failure), PROBE_LIMIT_MS);
    });
    const up = qemu.control.ready().then(() => undefined);
    return await Promise.race([up, qemu.ended.then(kvmFailureOf), limit]);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { reason: error instanceof Error ? error.message : String(error), lasting: true };
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
