import { createHash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { publishFile } from '../../cache/folder.ts';
import { noRoomFor, scratchFolder } from '../../cache/scratch-folder.ts';
import { KconformError } from '../../errors/error.ts';
import { hideApplets } from './applets.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';
import { type HostPrograms, hostPrograms, missingTool } from './host-programs.ts';
import { mergedUsr } from './merged-usr.ts';
import { GROUP, PASSWD } from './users.ts';

/** The folder with the sources of the programs in the guest. */
export const GUEST = fileURLToPath(new URL('../../../images/guest/', import.meta.url));
/**
 * The guest's own programs: one binary, which does what the name says that it is called by. Each file calls only functions of
 * those below it (ci/check/c-order.ts).
 */
export const SOURCES = [
  'main.c',
  'init.c',
  'schedule.c',
  'pacer.c',
  'control.c',
  'relay.c',
  'ssh-server.c',
  'port.c',
  'agent.c',
  'agent-processes.c',
  'agent-commands.c',
  'agent-start.c',
  'agent-worker.c',
  'agent-program.c',
  'agent-calls.c',
  'agent-packet.c',
  'agent-proc.c',
  'agent-host.c',
  'scenario.c',
  'bpftool.c',
  'messages.c',
  'runtime.c',
] as const;
const HEADERS = ['sys.h', 'guest.h', 'agent.h', 'agent-start.h', 'agent-program.h'];
export const FREESTANDING = [
  '-std=gnu11',
  '-Os',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-nostdlib',
  '-ffreestanding',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-fno-tree-loop-distribute-patterns', // else gcc makes memcpy out of our own memcpy
  '-Wl,--build-id=none',
  '-Wl,-z,noexecstack',
  '-s',
];
const PROGRAMS = [...FREESTANDING, '-static', '-fno-pie', '-no-pie', ...SOURCES];

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const FILE = 0o100644;
const LINK = 0o120777;

/** Folders of the guest's root, without the first slash. */
export const GUEST_FOLDERS: readonly string[] = [
  'bin',
  'dev',
  'etc',
  'home',
  'home/user',
  'mnt',
  'opt',
  'proc',
  'root',
  'root/.ssh',
  'lib',
  'run',
  'sbin',
  'sys',
  'tmp',
  'usr',
  'usr/bin',
  'var',
  'var/log',
  'var/tmp',
];
/** Permissions of folders that are not 0755. */
const FOLDER_MODES: Readonly<Record<string, number>> = { root: 0o040700, 'root/.ssh': 0o040700, 'var/tmp': 0o041777 };
const TEXTS: Record<string, string> = {
  'etc/passwd': PASSWD,
  // Root has no password: the SSH server of the port asks for none.
  'etc/shadow': 'root::0:0:99999:7:::\nuser:*:0:0:99999:7:::\n',
  'etc/group': GROUP,
  'etc/shells': '/bin/sh\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 kconform\n',
  'root/.ssh/authorized_keys': '',
};

/** Programs of busybox that the first lines of scripts name in /usr/bin too. */
const INTERPRETERS = ['env', 'sh', 'awk', 'sed'];

/** Files of the guest's root that are text. */
export const GUEST_FILES: readonly string[] = Object.keys(TEXTS);

export interface Initramfs {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

export interface InitramfsOptions {
  /** Folder for the result. */
  readonly cache: string;
  /** Names of the programs that packages in further archives bring; undefined where there are none. See {@link mergedUsr}. */
  readonly packagePrograms?: readonly string[];
}

/**
 * The guest's initramfs: our own programs, busybox and dropbear. Kept under the hash of all that goes into it, so that only
 * a change compiles anything.
 * @throws KC_TOOL_MISSING (host), KC_COMPILE (harness) with what the compiler said
 */
export async function buildInitramfs({ cache, packagePrograms }: InitramfsOptions): Promise<Initramfs> {
  const programs = await hostPrograms();
  const hash = createHash('sha256').update(JSON.stringify([PROGRAMS, GUEST_FOLDERS, TEXTS, packagePrograms ?? null]));
  const inputs = [
    ...[...SOURCES, ...HEADERS].map((name) => join(GUEST, name)),
    ...['initramfs.ts', 'host-programs.ts', 'merged-usr.ts', 'applets.ts'].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    ),
    programs.busybox,
    ...programs.servers,
    ...programs.libraries.map(({ file }) => file),
  ];
  for (const file of inputs) hash.update(file).update(await readFile(file));
  const path = join(cache, `${hash.digest('hex').slice(0, 32)}.cpio`);
  const known = await readFile(`${path}.sha256`, 'utf8').catch(() => undefined);
  if (known !== undefined && (await hashOf(path)) === known)
    return { path, size: (await stat(path)).size, sha256: known };

  const entries = await members(programs);
  const root =
    packagePrograms === undefined ? entries : await rootForPackages(entries, programs.busybox, packagePrograms);
  const archive = writeCpio(root);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  await publishFile(path, (to) => writeFile(to, archive));
  await publishFile(`${path}.sha256`, (to) => writeFile(to, sha256));
  return { path, size: archive.length, sha256 };
}

async function members({ busybox, servers, libraries }: HostPrograms): Promise<CpioEntry[]> {
  const entries: CpioEntry[] = GUEST_FOLDERS.map((name) => ({
    name,
    mode: FOLDER_MODES[name] ?? DIRECTORY,
  }));
  const own = await compileGuest();
  entries.push(
    { name: 'init', mode: PROGRAM, data: own },
    ...['agent', 'bpftool', 'observe', 'scenario'].map((name) => ({
      name: `bin/${name}`,
      mode: LINK,
      data: Buffer.from('../init'),
    })),
  );
  entries.push(
    { name: 'dev/console', mode: 0o020600, device: [5, 1] },
    { name: 'dev/null', mode: 0o020666, device: [1, 3] },
  );
  for (const [name, text] of Object.entries(TEXTS)) entries.push({ name, mode: FILE, data: Buffer.from(text) });
  entries.push({ name: 'bin/busybox', mode: PROGRAM, data: await readFile(busybox) });
  entries.push({ name: 'etc/mtab', mode: LINK, data: Buffer.from('../proc/self/mounts') });
  for (const name of INTERPRETERS)
    entries.push({ name: `usr/bin/${name}`, mode: LINK, data: Buffer.from('../../bin/busybox') });
  const applets = (await appletsOf(busybox)).filter((name) => /^[\w[.-]+$/.test(name));
  for (const applet of applets.filter((name) => name !== 'busybox' && name !== 'init')) {
    entries.push({ name: `bin/${applet}`, mode: LINK, data: Buffer.from('busybox') });
  }
  for (const server of servers) {
    entries.push({ name: `bin/${basename(server)}`, mode: PROGRAM, data: await readFile(server) });
  }
  const folders = new Set<string>(GUEST_FOLDERS);
  for (const { place, file } of libraries) {
    for (const folder of ancestors(place.slice(1))) {
      if (!folders.has(folder)) entries.push({ name: folder, mode: DIRECTORY });
      folders.add(folder);
    }
    entries.push({ name: place.slice(1), mode: PROGRAM, data: await readFile(file) });
  }
  return entries;
}

/** The root for packages with these programs: busybox keeps out of their way. */
async function rootForPackages(
  entries: readonly CpioEntry[],
  busybox: string,
  programs: readonly string[],
): Promise<CpioEntry[]> {
  const { bytes, hidden } = await hideApplets(await readFile(busybox), await appletsOf(busybox), programs);
  const root = entries.map((entry) => (entry.name === 'bin/busybox' ? { ...entry, data: bytes } : entry));
  return mergedUsr(root, new Set([...programs, ...hidden]));
}

async function appletsOf(busybox: string): Promise<string[]> {
  return (await execa(busybox, ['--list'])).stdout.split('\n');
}

function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * The binary with the guest's own programs.
 * @throws KC_TOOL_MISSING (host), KC_COMPILE (harness) with what the compiler said
 */
export function compileGuest(): Promise<Buffer> {
  return compile(PROGRAMS);
}

async function compile(words: readonly string[]): Promise<Buffer> {
  const scratch = scratchFolder('kconform-cc-');
  try {
    const output = join(scratch, 'output');
    const result = await execa('cc', ['-o', output, ...words], {
      cwd: GUEST,
      env: { TMPDIR: scratch },
      reject: false,
      all: true,
    });
    if (result.exitCode === undefined) throw missingTool('cc', 'gcc linux-libc-dev');
    const noRoom = result.exitCode === 0 ? undefined : noRoomFor(result.all);
    if (noRoom !== undefined) throw noRoom;
    if (result.exitCode !== 0) {
      throw new KconformError("the guest's programs did not compile", {
        code: 'KC_COMPILE',
        blame: 'harness',
        hint: 'npx kconform doctor',
        evidence: { output: result.all },
      });
    }
    return await readFile(output);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function hashOf(path: string): Promise<string | undefined> {
  return readFile(path).then(
    (bytes) => createHash('sha256').update(bytes).digest('hex'),
    () => undefined,
  );
}
