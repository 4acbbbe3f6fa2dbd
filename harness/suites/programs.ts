import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KconformError } from '../errors/error.ts';
import type { BuiltSuite, SuiteTest } from './built.ts';
import type { ProgramsSuite } from './declaration.ts';

/**
 * A folder of executables: each executable file directly in it, or in its folders, is a test. The whole folder is in the guest.
 * @param folder absolute path on the host
 * @param place where the folder is put in the guest
 * @throws KC_SUITE (case) for a folder that is missing or has no executable file
 */
export async function programsSuite(fields: ProgramsSuite, folder: string, place: string): Promise<BuiltSuite> {
  const programs = await executablesBelow(folder, '');
  const tests = programs.filter((name) => !isHelper(name, fields.helpers ?? []));
  if (tests.length === 0) {
    throw new KconformError(`${folder} has no executable file that is a test`, {
      code: 'KC_SUITE',
      blame: 'case',
      hint: 'a test is a file that may be executed (chmod +x) and is not named in helpers',
    });
  }
  return {
    source: undefined,
    convention: fields.convention,
    machine: { files: [`${folder}:${place}`] },
    tests: await Promise.all(tests.map((name) => programTest(folder, name, place))),
  };
}

/** A test starts in the folder of its program, with what is beside it. */
async function programTest(folder: string, name: string, place: string): Promise<SuiteTest> {
  const parts = name.split('/');
  const program = parts.at(-1) ?? name;
  const workdir = [place, ...parts.slice(0, -1)].join('/');
  return { name, workdir, command: [...(await interpreterOf(join(folder, name))), `./${program}`] };
}

/**
 * What runs a script whose first line names a program that the guest has elsewhere: `#!/usr/bin/env bash` and the like work as they
 * are. A file that may not be executed needs its interpreter named.
 */
export async function interpreterOf(path: string): Promise<string[]> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0) return [];
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const [, words] = /^#! *(\S[^\n]*)/.exec(buffer.subarray(0, bytesRead).toString('latin1')) ?? [];
    return words?.trim().split(/\s+/) ?? [];
  } finally {
    await file.close();
  }
}

async function executablesBelow(root: string, name: string): Promise<string[]> {
  const entries = await readdir(join(root, name), { withFileTypes: true }).catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new KconformError(`cannot read the folder of programs ${join(root, name)}: ${why}`, {
      code: 'KC_SUITE',
      blame: 'case',
      hint: 'folder in the suite file names a folder of executables, from the suite file',
      cause,
    });
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = name === '' ? entry.name : `${name}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    const facts = await stat(join(root, path)).catch(() => undefined); // a link that leads nowhere is no program
    if (entry.isDirectory()) found.push(...(await executablesBelow(root, path)));
    else if (facts?.isFile() === true && (facts.mode & 0o111) !== 0 && !isLibrary(entry.name)) found.push(path);
  }
  return found.sort();
}

/** Linkers make shared libraries executable. */
function isLibrary(name: string): boolean {
  return /\.so(\.\d+)*$/.test(name);
}

function isHelper(name: string, helpers: readonly string[]): boolean {
  return helpers.some((helper) => name === helper || name.startsWith(`${helper}/`));
}
