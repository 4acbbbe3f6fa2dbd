import { basename } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import type { CpioEntry } from './cpio.ts';

/** Of the SSH server alone; images/guest/ssh-server.c names it too. */
const LIBRARIES = 'usr/lib/kconform';
/** Shorter than every name of a loader in /lib64, in whose place it is written. */
const LOADER = `${LIBRARIES}/ld.so`;
const FOLDERS = ['bin', 'sbin', 'lib', 'lib64'];
const MERGED = /^(bin|sbin|lib|lib64)\//;

const DIRECTORY = 0o040755;
const LINK = 0o120777;
const TYPE = 0o170000;

/**
 * The guest's root as packages of a distribution expect it: /bin, /sbin, /lib and /lib64 are links into /usr (usrmerge). The SSH
 * server comes from the host and keeps the host's loader and libraries, in a folder of its own: another C library at
 * /usr/lib/x86_64-linux-gnu/libc.so.6 is none of its business.
 * @param entries of the root without packages
 * @param replaced names of programs in /bin that are left out, as packages bring others
 */
export function mergedUsr(entries: readonly CpioEntry[], replaced: ReadonlySet<string>): CpioEntry[] {
  const out = new Set([...replaced].map((name) => `bin/${name}`));
  const kept = entries.filter(({ name }) => !FOLDERS.includes(name));
  const folders = ['usr', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', LIBRARIES];
  const merged: CpioEntry[] = [
    ...folders.map((name) => ({ name, mode: DIRECTORY })),
    ...FOLDERS.map((name) => ({ name, mode: LINK, data: Buffer.from(`usr/${name}`) })),
  ];
  for (const entry of kept) {
    const isFolder = (entry.mode & TYPE) === (DIRECTORY & TYPE);
    if (folders.includes(entry.name) || (isFolder && MERGED.test(entry.name)) || out.has(entry.name)) continue;
    if (entry.name.startsWith('usr/bin/')) continue; // another place of a program of /bin, which is the same folder here
    merged.push(moved(entry));
  }
  return merged;
}

function moved(entry: CpioEntry): CpioEntry {
  const { name, mode, data } = entry;
  if (/\.so(\.|$)/.test(name)) {
    return { ...entry, name: basename(name).startsWith('ld-') ? LOADER : `${LIBRARIES}/${basename(name)}` };
  }
  if (!MERGED.test(name)) return entry;
  const place = `usr/${name}`;
  if (data === undefined) return { ...entry, name: place };
  // Programs of ours are links to ../init, which is one folder farther away now.
  if ((mode & TYPE) === (LINK & TYPE)) {
    return { ...entry, name: place, data: Buffer.from(data.toString().replace(/^\.\.\//, '../../')) };
  }
  return { ...entry, name: place, data: withOwnLoader(data) };
}

const PT_INTERP = 3;

/** A program whose loader is the one among our libraries; others are left as they are. elf(5), the fields of 64-bit files. */
function withOwnLoader(program: Buffer): Buffer {
  const changed = Buffer.from(program);
  if (!changed.subarray(0, 4).equals(Buffer.from('\x7fELF'))) return changed;
  const headers = Number(changed.readBigUInt64LE(32)); // e_phoff
  const [size, count] = [changed.readUInt16LE(54), changed.readUInt16LE(56)]; // e_phentsize, e_phnum
  for (let at = headers; at < headers + size * count; at += size) {
    if (changed.readUInt32LE(at) !== PT_INTERP) continue;
    const start = Number(changed.readBigUInt64LE(at + 8)); // p_offset
    const end = start + Number(changed.readBigUInt64LE(at + 32)); // p_filesz
    const loader = changed.subarray(start, end);
    if (LOADER.length + 2 > loader.length) {
      const message = `the guest's SSH server has a loader with a shorter name than /${LOADER}: ${loader.toString('latin1')}`;
      throw new KconformError(message, { code: 'KC_INTERNAL', blame: 'harness' });
    }
    loader.fill(0).write(`/${LOADER}`, 'latin1');
  }
  return changed;
}
