import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import { type PatchedFile, parseDiff } from './diff.ts';
import { git } from './git.ts';

export interface Patch {
  /** The file that it was read from, and its number there if there are several: `fix.mbox, mail 2`. */
  readonly name: string;
  /** The subject of its mail without what is in brackets; the name of the file where there is none. */
  readonly title: string;
  /** The whole subject of its mail; empty where there is none. */
  readonly subject: string;
  readonly text: string;
  readonly files: readonly PatchedFile[];
}

/** Patches in the order in which they apply, and what was left out. */
export interface PatchSeries {
  readonly patches: readonly Patch[];
  /** `fix.mbox, mail 1 (bpf: two fixes): no diff in it`, a line each. */
  readonly leftOut: readonly string[];
}

/** A series of a hundred patches is below one. */
const LIMIT_BYTES = 50 * 1024 * 1024;

/**
 * Reads patches from files: a mailbox with several mails, one mail, the output of b4 or git format-patch, a plain diff.
 * @throws KC_PATCH (host) for a file without a patch, several versions of a series, and as parseDiff; KC_TOOL_MISSING
 */
export async function readPatches(files: readonly string[], signal?: AbortSignal): Promise<PatchSeries> {
  const all: PatchSeries[] = [];
  for (const file of files) all.push(await readPatchText(await bytesOf(file), basename(file), signal));
  return { patches: all.flatMap(({ patches }) => patches), leftOut: all.flatMap(({ leftOut }) => leftOut) };
}

async function bytesOf(file: string): Promise<Buffer> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) throw refused(`there is no file ${file}`, 'name a patch or a mailbox with patches');
  if (!facts.isFile()) throw refused(`${file} is not a file`, 'name the patches in it: FOLDER/*.patch');
  if (facts.size > LIMIT_BYTES)
    throw refused(`${file} is larger than ${LIMIT_BYTES / 1024 ** 2} MiB`, 'name a mailbox with one series');
  return readFile(file);
}

/** @param name of what was read, for messages */
export async function readPatchText(bytes: Buffer, name: string, signal?: AbortSignal): Promise<PatchSeries> {
  const start = bytes.subarray(0, 2000).toString('latin1');
  const isMail = /^(From |[A-Za-z][\w-]*: )/.test(start);
  const mails = isMail ? await splitMails(bytes, signal) : [{ subject: '', body: asText(bytes) }];
  const leftOut: string[] = [];
  const found: (Patch & Numbered)[] = [];
  for (const [index, { subject, body }] of mails.entries()) {
    const own = mails.length > 1 ? `${name}, mail ${index + 1}` : name;
    const title = subject.replace(/^(\s*(\[[^\]]*\]|re:))+\s*/i, '').replaceAll(/[^\P{C}]+/gu, ' ') || name;
    const files = parseDiff(body, own);
    if (files.length === 0) leftOut.push(`${own} (${title}): no diff in it`);
    else found.push({ name: own, title, subject, text: body, files, ...numberOf(subject) });
  }
  if (found.length === 0) throw refused(`${name} contains no patch`, noPatchHint(bytes));
  return { patches: inOrder(found, name), leftOut };
}

function noPatchHint(bytes: Buffer): string {
  return /<html|text\/html/i.test(bytes.toString('latin1'))
    ? 'it is HTML; save the mail as text, or get it with b4 am'
    : 'a patch is a unified diff, as git format-patch, git diff or b4 am write it';
}

interface Numbered {
  readonly number: number | undefined;
  readonly version: string;
}

/** 2 of `[PATCH bpf v3 2/5] …`. */
function numberOf(subject: string): Numbered {
  const [, words = ''] = /^\s*(?:re:\s*)?\[([^\]]*)\]/i.exec(subject) ?? [];
  const number = /\b(\d+)\/\d+\b/.exec(words)?.[1];
  return { number: number === undefined ? undefined : Number(number), version: /\bv(\d+)\b/i.exec(words)?.[1] ?? '1' };
}

/** Mails of a thread come as they were received. */
function inOrder(found: readonly (Patch & Numbered)[], name: string): Patch[] {
  const versions = new Set(found.map(({ version }) => version));
  const numbers = found.map(({ number }) => number);
  const isTwice = numbers.some((number, index) => number !== undefined && numbers.indexOf(number) !== index);
  if (versions.size > 1 || isTwice) {
    const what =
      versions.size > 1
        ? `several versions of a series (v${[...versions].join(', v')})`
        : 'two patches with the same number';
    throw refused(`${name} contains ${what}`, 'b4 am writes a mailbox with one version');
  }
  const isNumbered = numbers.every((number) => number !== undefined);
  const sorted = isNumbered ? found.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0)) : found;
  return sorted.map(({ number: _number, version: _version, ...patch }) => patch);
}

/** git decodes what mail programs encode: quoted-printable, base64, other character sets. */
async function splitMails(bytes: Buffer, signal: AbortSignal | undefined) {
  const folder = scratchFolder('kconform-mails-');
  try {
    const box = join(folder, 'box');
    await writeFile(box, bytes);
    const split = await git(['mailsplit', '-b', `-o${folder}`, box], { cwd: folder, signal });
    if (split.exitCode !== 0)
      throw refused(`the mailbox cannot be read: ${split.stderr.trim()}`, 'save it as mbox, or get it with b4 am');
    const names = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).sort();
    const mails: { readonly subject: string; readonly body: string }[] = [];
    for (const name of names) {
      const input = await readFile(join(folder, name));
      const args = ['mailinfo', '-k', '--encoding=UTF-8', '--quoted-cr=strip', 'message', 'patch'];
      const { exitCode, stdout, stderr } = await git(args, { cwd: folder, input, signal });
      if (exitCode !== 0)
        throw refused(`mail ${Number(name)} cannot be read: ${stderr.trim()}`, 'get the patches with b4 am');
      const subject = /^Subject: (.*)$/m.exec(stdout)?.[1] ?? '';
      mails.push({ subject, body: asText(await readFile(join(folder, 'patch'))) });
    }
    return mails;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A byte that is not UTF-8 is refused where the patched file is read. */
function asText(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\r\n', '\n');
}

function refused(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_PATCH', blame: 'host', hint });
}
