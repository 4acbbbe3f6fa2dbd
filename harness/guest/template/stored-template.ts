import { chmodSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { publishFile } from '../../cache/folder.ts';
import { describeFile, FileFacts, sameFile } from '../../cache/known-file.ts';
import type { Prelogin } from '../ssh/prelogin/prelogin.ts';
import { FORMAT } from './template-key.ts';

const Facts = z.object({
  format: z.literal(FORMAT),
  bootMs: z.number(),
  /** See BootRecord. */
  failedBefore: z.string().optional(),
  /** The kernel's health when it was frozen. */
  health: z.object({ taint: z.number(), warnings: z.number().nullable(), oopses: z.number().nullable() }),
  files: z.record(z.string(), FileFacts),
});

const Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** What a client of the guest's SSH server must know, in ssh.json. */
const StoredSsh = z.object({
  hostKey: z.string(),
  /** Absent where clones log in by themselves. */
  prelogin: z.object({ clientHalf: z.string(), login: Bytes, agent: Bytes, command: Bytes }).optional(),
});

type Facts = z.infer<typeof Facts>;

/** What a template's folder says about it, beside the guest's memory and device state. */
export interface StoredTemplate {
  readonly facts: Facts;
  readonly ssh: { readonly hostKey: string; readonly prelogin?: Prelogin | undefined };
}

const FILES = ['memory', 'state', 'console.log', 'ssh.json'] as const;

/** Reads a template's folder; undefined if a file is missing, damaged or of another format. */
export async function loadTemplate(folder: string): Promise<StoredTemplate | undefined> {
  try {
    const facts = Facts.parse(JSON.parse(await readFile(join(folder, 'template.json'), 'utf8')));
    let touched = false;
    for (const name of FILES) {
      const same = await sameFile(join(folder, name), facts.files[name]);
      if (same === undefined) return undefined;
      touched ||= same.changed !== facts.files[name]?.changed;
      facts.files[name] = same;
    }
    if (touched) await writeFacts(folder, facts).catch(() => undefined); // a read-only cache: read again the next time
    const ssh = StoredSsh.parse(JSON.parse(await readFile(join(folder, 'ssh.json'), 'utf8')));
    return { facts, ssh };
  } catch {
    return undefined; // the template is made again
  }
}

/** Completes a template's folder, which has the memory, the device state and the console already. */
export async function storeTemplate(
  folder: string,
  boot: Pick<Facts, 'health' | 'bootMs' | 'failedBefore'>,
  ssh: StoredTemplate['ssh'],
): Promise<StoredTemplate> {
  await writeFile(join(folder, 'ssh.json'), JSON.stringify({ hostKey: ssh.hostKey, prelogin: asText(ssh.prelogin) }));
  const files: Facts['files'] = {};
  for (const name of FILES) {
    const path = join(folder, name);
    // QEMU opens the memory for writing, which it can do without root's privileges only if the mode allows it.
    chmodSync(path, name === 'memory' ? 0o600 : 0o400);
    files[name] = await describeFile(path);
  }
  const facts: Facts = { format: FORMAT, ...boot, files };
  await writeFacts(folder, facts);
  return { facts, ssh };
}

function writeFacts(folder: string, facts: Facts): Promise<void> {
  return publishFile(join(folder, 'template.json'), (to) => writeFile(to, JSON.stringify(facts)));
}

function asText(prelogin: Prelogin | undefined) {
  if (prelogin === undefined) return undefined;
  const { clientHalf, login, agent, command } = prelogin;
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return { clientHalf, login: base64(login), agent: base64(agent), command: base64(command) };
}
