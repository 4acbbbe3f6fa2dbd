import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withLock } from '../cache/lock.ts';
import { makeFolder } from '../cache/make-folder.ts';
import { KconformError } from '../errors/error.ts';
import { notWritten } from '../run/results/results.ts';
import { progressToStderr } from './options.ts';

const LOCK = '.kconform.lock';

/**
 * Runs `body` while no other process writes results to the folder; without a folder it just runs it.
 * @throws KC_OUT_IN_USE (host) when a living process has it, KC_RESULTS_NOT_WRITTEN (host)
 */
export async function withOutFolder<T>(folder: string | undefined, body: () => Promise<T>): Promise<T> {
  if (folder === undefined) return body();
  const refuse = (holder: string) =>
    new KconformError(`another kconform writes its results to ${folder}: ${holder}`, {
      code: 'KC_OUT_IN_USE',
      blame: 'host',
      hint: 'wait until it ends, or use another --out folder',
    });
  const isNew = !existsSync(folder);
  await makeFolder(folder).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
  let began = false;
  const lock = { awaited: `the results folder ${folder}`, refuse, onWait: progressToStderr };
  try {
    return await withLock(join(folder, LOCK), lock, () => {
      began = true;
      return body();
    });
  } catch (error) {
    if (began || (error instanceof KconformError && error.code === 'KC_OUT_IN_USE')) throw error;
    throw notWritten(folder, error instanceof KconformError ? (error.cause ?? error) : error);
  } finally {
    // A run that wrote nothing leaves no folder behind; one that has something in it stays.
    if (isNew) await rmdir(folder).catch(() => undefined);
  }
}

/** The folder as an absolute path: a file of an author may change the current folder later. */
export function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
