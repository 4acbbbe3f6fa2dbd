import { createHash } from 'node:crypto';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { cachePath, publishFile } from '../../cache/folder.ts';
import { missingTool } from './compiler.ts';

/** Increased when the same inputs would make another program. */
const FORMAT = 2;

/** A hash of everything that a program is made of, as its name in the cache. */
export function keyOf(inputs: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, inputs]))
    .digest('hex')
    .slice(0, 32);
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The place of a compiled program in the cache. */
export function keptPath(key: string): string {
  return cachePath('programs', key);
}

/**
 * A program of the cache; its hash stands before its bytes, so that a damaged one is compiled again.
 * @returns undefined where it is not there, or damaged
 */
export async function readKept(key: string): Promise<Buffer | undefined> {
  const bytes = await readFile(keptPath(key)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const [hash, program] = [bytes.subarray(0, HASH).toString('latin1'), bytes.subarray(HASH)];
  if (hash !== sha256(program)) return undefined;
  const now = new Date();
  await utimes(keptPath(key), now, now).catch(() => undefined); // a cache that cannot be written
  return program;
}

const HASH = 64;

/** @throws KC_CACHE_UNWRITABLE, KC_DISK_FULL (host) */
export async function keep(key: string, program: Buffer): Promise<void> {
  await publishFile(keptPath(key), (path) => writeFile(path, Buffer.concat([Buffer.from(sha256(program)), program])));
}

const versions = new Map<string, Promise<string>>();

/** The version of a tool of this host, once in a process. @throws KC_TOOL_MISSING (host) */
export function versionOf(tool: string, debianPackage: string): Promise<string> {
  const known = versions.get(tool) ?? ask(tool, debianPackage);
  versions.set(tool, known);
  return known;
}

async function ask(tool: string, debianPackage: string): Promise<string> {
  const { stdout, exitCode } = await execa(tool, ['--version'], { reject: false });
  if (exitCode === undefined) throw missingTool(`${tool} is not installed`, debianPackage);
  return stdout;
}

/** Changes whenever a package of the host is installed or upgraded; undefined on systems without dpkg. */
export async function hostPackages(): Promise<string | undefined> {
  return stat('/var/lib/dpkg/status').then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => undefined,
  );
}
