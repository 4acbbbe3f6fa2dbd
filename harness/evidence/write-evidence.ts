import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { KconformError } from '../errors/error.ts';
import { writeHint } from '../run/results/write-hint.ts';
import type { EvidenceFile } from './evidence-file.ts';

/** Archives that tar(1) writes, by the ending of the name. */
const ARCHIVE = /\.(tar|tar\.zst|tar\.gz|tar\.xz|tgz)$/;

/**
 * Writes the files into a new folder, or into an archive if the name is that of one. Nothing that exists is replaced.
 * @throws KC_EVIDENCE (host) where the place is taken, cannot be written, or tar fails
 */
export async function writeEvidence(files: readonly EvidenceFile[], to: string): Promise<void> {
  const target = resolve(to);
  await refuseTaken(target, to);
  const parent = dirname(target);
  let scratch: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    scratch = await mkdtemp(join(parent, '.kconform-evidence-'));
    const folder = join(scratch, basename(target).replace(ARCHIVE, ''));
    await mkdir(folder);
    for (const { path, bytes, executable } of files) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes, { mode: executable === true ? 0o755 : 0o644 });
    }
    if (ARCHIVE.test(target)) {
      const archive = join(scratch, basename(target));
      // Not the owner and the group of this machine.
      const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
      await execa('tar', [...owner, '-caf', archive, '-C', scratch, basename(folder)]);
      await rename(archive, target);
    } else {
      if (existsSync(target)) await rm(target, { recursive: true }); // it is empty
      await rename(folder, target);
    }
  } catch (cause) {
    throw evidenceError(
      `cannot write ${to}: ${cause instanceof Error ? cause.message : String(cause)}`,
      writeHint(cause, '--to', 'a folder or a .tar.zst that can be written'),
      cause,
    );
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function refuseTaken(target: string, to: string): Promise<void> {
  const facts = await stat(target).catch(() => undefined);
  if (facts === undefined) return;
  if (facts.isDirectory() && !ARCHIVE.test(target) && (await readdir(target)).length === 0) return;
  throw evidenceError(`${to} exists`, 'name another folder or archive with --to, or remove it first');
}

function evidenceError(message: string, hint: string | undefined, cause?: unknown): KconformError {
  return new KconformError(message, {
    code: 'KC_EVIDENCE',
    blame: 'host',
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
