import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { DebugTarget } from './target.ts';
import { addVmcoreinfo } from './vmcoreinfo.ts';

/** A guest has a few hundred MiB; a slow disk writes ten in a second. */
const LIMIT_MS = 5 * 60_000;

/** Checks that a dump can be written there, before anything is run. @throws KC_DUMP (host) */
export async function checkDumpFile(path: string): Promise<void> {
  const existed = existsSync(path);
  try {
    await (await open(path, 'a', 0o600)).close();
    if (!existed) await rm(path);
  } catch (cause) {
    throw dumpError(path, cause instanceof Error ? cause.message : String(cause));
  }
}

/** What opens a dump. */
export interface Dump {
  /** drgn needs it, crash does not; see addVmcoreinfo. */
  readonly hasVmcoreinfo: boolean;
}

/**
 * Writes the memory and the registers of a guest as an ELF core.
 * @throws KC_DUMP (host) in QEMU's words
 */
export async function dumpMemory({ qmp }: DebugTarget['qemu'], path: string): Promise<Dump> {
  const file = resolve(path);
  const signal = AbortSignal.timeout(LIMIT_MS);
  const completed = once(qmp, 'DUMP_COMPLETED', { signal });
  completed.catch(() => undefined);
  await rm(file, { force: true });
  await (await open(file, 'wx', 0o600)).close(); // QEMU would make it readable for everybody
  try {
    await qmp.execute('dump-guest-memory', { paging: false, detach: true, protocol: `file:${file}` });
  } catch (error) {
    throw dumpError(path, error instanceof Error ? error.message : String(error));
  }
  const [result]: unknown[] = await completed.catch(() => {
    throw dumpError(path, `not written within ${LIMIT_MS / 60_000} min`);
  });
  if (!JSON.stringify(result).includes('"status":"completed"')) throw dumpError(path, JSON.stringify(result));
  try {
    return { hasVmcoreinfo: await addVmcoreinfo(file) };
  } catch (error) {
    throw dumpError(path, error instanceof Error ? error.message : String(error));
  }
}

function dumpError(path: string, why: string): KconformError {
  return new KconformError(`the memory of the guest cannot be written to ${path}: ${why}`, {
    code: 'KC_DUMP',
    blame: 'host',
    hint: 'name a file in a folder that you can write to, on a disk with room for the memory of the guest',
  });
}
