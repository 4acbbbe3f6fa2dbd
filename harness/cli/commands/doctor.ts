import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { Command } from 'commander';
import { execa } from 'execa';
import { cachePath, ensureFolder } from '../../cache/folder.ts';
import { KconformError } from '../../errors/error.ts';
import { qemuVersion } from '../../guest/qemu/accelerator.ts';
import { hostTargets, sourcesFrom } from '../../kernels/debian/apt.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { progressToStderr } from '../options.ts';
import { table } from './kernels.ts';

/** What is looked at: a fact when it is well, an error with its fix when not. */
interface Check {
  readonly name: string;
  /** @param kernel gives the kernel to boot; it is resolved once */
  look(kernel: () => Promise<Kernel>): Promise<string>;
}

/** Something that is not possible on this machine, where everything else is. */
class Limit extends Error {}

/** A kernel, its guest's memory and a frozen copy of it; all published 6.12 kernels take some 5 GiB. */
const NEEDED_BYTES = 2 * 1024 ** 3;

const CHECKS: readonly Check[] = [
  { name: 'node', look: async () => process.version },
  { name: 'QEMU', look: () => qemuVersion(cachePath('qemu.json')) },
  { name: 'compiler', look: () => firstLine('cc', ['--version'], 'apt-get install gcc') },
  { name: 'busybox', look: () => firstLine('busybox', [], 'apt-get install busybox-static') },
  { name: 'dropbear', look: () => firstLine('dropbear', ['-V'], 'apt-get install dropbear-bin') },
  { name: 'apt', look: aptFacts },
  { name: 'kernel packages', look: packageFacts },
  { name: 'kernel builds', look: buildFacts },
  { name: 'patches', look: patchFacts },
  { name: 'cache', look: cacheFacts },
  { name: 'kernel', look: kernelFacts },
  { name: 'accelerator', look: acceleratorFacts },
];

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine, and print how to fix what is missing')
    .option('--kernel <spec>', 'the kernel to boot for the test of the accelerator', '6.12')
    .addHelpText(
      'after',
      `
Examples:
  npx kconform doctor
  npx kconform doctor --kernel ./bzImage

A limit is something that this machine cannot do; everything else works.

Exit codes: 0 ok, perhaps with limits, 2 something must be fixed (FAULT); the fix is printed.`,
    )
    .action(async ({ kernel }: { kernel: string }) => {
      const rows: string[][] = [];
      let faults = 0;
      let resolved: Promise<Kernel> | undefined;
      const resolve = () => {
        resolved ??= resolveKernel(kernel, { progress: progressToStderr });
        return resolved;
      };
      for (const check of CHECKS) {
        try {
          rows.push(['ok', check.name, await check.look(resolve)]);
        } catch (error) {
          const isLimit = error instanceof Limit;
          if (!isLimit) faults++;
          const hint = error instanceof KconformError && error.hint !== undefined ? `: ${error.hint}` : '';
          const text = `${error instanceof Error ? error.message : String(error)}${hint}`;
          rows.push([isLimit ? 'limit' : 'FAULT', check.name, text]);
        }
      }
      process.stdout.write(table(rows));
      process.exitCode = faults > 0 ? 2 : 0;
    });
}

/** Published kernels come from a Debian archive through apt; kernels can be given as files where there is none. */
async function aptFacts(): Promise<string> {
  const byPath = 'name a kernel by its path: --kernel ./bzImage';
  const version = await firstLine('apt-get', ['--version'], byPath).catch((error: unknown) => {
    if (!(error instanceof KconformError)) throw error;
    throw new Limit(`published kernels cannot be downloaded: apt-get not found; ${byPath}`);
  });
  if (sourcesFrom(await hostTargets(), existsSync) !== undefined) return version;
  throw new Limit(`published kernels cannot be downloaded: apt has no Debian archive among its sources; ${byPath}`);
}

/** Published kernels and images need no bsdtar. */
async function packageFacts(): Promise<string> {
  const fix = 'apt-get install libarchive-tools';
  return firstLine('bsdtar', ['--version'], fix).catch((error: unknown) => {
    if (!(error instanceof KconformError)) throw error;
    throw new Limit(`kernels in .deb, .rpm and tar files cannot be unpacked: bsdtar not found: ${fix}`);
  });
}

/** Only `kconform try` needs git. */
async function patchFacts(): Promise<string> {
  const fix = 'apt-get install git';
  return firstLine('git', ['--version'], fix).catch((error: unknown) => {
    if (!(error instanceof KconformError)) throw error;
    throw new Limit(`patches cannot be read (kconform try): git not found: ${fix}`);
  });
}

async function firstLine(program: string, args: readonly string[], fix: string): Promise<string> {
  const result = await execa(program, args, {
    reject: false,
    all: true,
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (result.exitCode !== undefined) return result.all.split('\n')[0] ?? '';
  throw new KconformError(`${program} is not installed`, {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: fix,
  });
}

/** What `kconform build` runs, by the Debian package that has it. */
const BUILD_TOOLS = {
  make: 'make',
  gcc: 'gcc',
  strip: 'binutils',
  flex: 'flex',
  bison: 'bison',
  bc: 'bc',
  pahole: 'dwarves',
  perl: 'perl',
  xz: 'xz-utils',
} as const;

async function buildFacts(): Promise<string> {
  const lacking = [];
  for (const [program, source] of Object.entries(BUILD_TOOLS)) {
    // Some of them have no --version; that they could be started is what counts.
    const { code } = await execa(program, ['--version'], { reject: false, stdin: 'ignore' });
    if (code === 'ENOENT') lacking.push(source);
  }
  const header = await access('/usr/include/libelf.h').then(
    () => true,
    () => false,
  );
  if (!header) lacking.push('libelf-dev');
  if (lacking.length === 0) return Object.keys(BUILD_TOOLS).join(', ');
  throw new KconformError('some programs that are needed to build kernels are missing', {
    code: 'KC_TOOL_MISSING',
    blame: 'host',
    hint: `apt-get install ${lacking.join(' ')}`,
  });
}

async function cacheFacts(): Promise<string> {
  const folder = await ensureFolder(cachePath());
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${folder}, ${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free >= NEEDED_BYTES) return text;
  throw new KconformError(`${text}, which is little`, {
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space, or set XDG_CACHE_HOME to another disk',
  });
}

async function kernelFacts(kernel: () => Promise<Kernel>): Promise<string> {
  const { version } = await kernel().catch((error: unknown) => {
    const unavailable = error instanceof KconformError && ['KC_NO_APT', 'KC_NO_PACKAGE_LISTS'].includes(error.code);
    if (!unavailable) throw error;
    throw new Limit(`${error.message}; name a kernel to boot: npx kconform doctor --kernel ./bzImage`);
  });
  return version;
}

/** A kernel that is not available gets a separate line: it is not an error of the accelerator. */
async function acceleratorFacts(kernel: () => Promise<Kernel>): Promise<string> {
  await qemuVersion(cachePath('qemu.json'));
  const sample = await kernel().catch(() => undefined);
  if (sample === undefined) throw new Limit('not tried: there is no kernel to boot');
  const { host } = await prepareEnvironment(sample, undefined, progressToStderr);
  return `${host.accelerator} (${host.acceleratorReason})`;
}
