import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KconformError } from '../../errors/error.ts';

/** Everything below belongs to one kconform process and goes when that process ends. */
const PREFIX = 'kconform-';
/** sun_path holds 108 bytes (unix(7)), not characters; what we put below a run folder takes up to 40. */
const LONGEST_ROOT = 64;

let root: string | undefined;
let counter = 0;

function parentFolder(): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const chosen = runtime !== undefined && isWritableFolder(runtime) ? resolve(runtime) : resolve(tmpdir());
  return Buffer.byteLength(chosen) + PREFIX.length + 8 > LONGEST_ROOT ? '/tmp' : chosen;
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory() && statSync(path).uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** Removes run folders whose process was killed before it could do so itself. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!new RegExp(`^${PREFIX}\\d+$`).test(name)) continue;
    const path = join(parent, name);
    if (statSync(path, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    if (!isAlive(name.slice(PREFIX.length))) rmSync(path, { recursive: true, force: true });
  }
}

function isAlive(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') !== '';
  } catch {
    return false;
  }
}

/**
 * A new 0700 folder for one guest: its sockets, its console log.
 * @throws KC_RUN_FOLDER when the temporary folder cannot be written
 */
export function newRunFolder(): string {
  try {
    if (root === undefined) {
      const parent = parentFolder();
      removeAbandoned(parent);
      root = join(parent, `${PREFIX}${process.pid}`);
      mkdirSync(root, { mode: 0o700 });
      process.once('exit', removeRunFolders);
    }
    const folder = join(root, String(counter++));
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (cause) {
    throw new KconformError(`cannot make a run folder for a guest: ${messageOf(cause)}`, {
      code: 'KC_RUN_FOLDER',
      blame: 'host',
      hint: 'free some space, or set TMPDIR to a folder that you can write to',
      cause,
    });
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function removeRunFolders(): void {
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
  root = undefined;
}
