import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';

/** A package of the host without which some tests do not compile, and a file by which it is recognised. */
interface Library {
  readonly package: string;
  readonly file: string;
}

/** What the Makefiles of the selftests ask for beside a compiler. */
const LIBRARIES: readonly Library[] = [
  { package: 'libcap-dev', file: '/usr/include/sys/capability.h' },
  { package: 'liburing-dev', file: '/usr/include/liburing.h' },
  { package: 'libcap-ng-dev', file: '/usr/include/cap-ng.h' },
  { package: 'libfuse-dev', file: '/usr/include/fuse.h' },
  { package: 'libmnl-dev', file: '/usr/include/libmnl/libmnl.h' },
  { package: 'libmount-dev', file: '/usr/include/libmount/libmount.h' },
  { package: 'libnuma-dev', file: '/usr/include/numa.h' },
  { package: 'libpopt-dev', file: '/usr/include/popt.h' },
];

/** Programs that building needs, each with its package. */
const PROGRAMS: Readonly<Record<string, string>> = {
  gcc: 'gcc',
  ld: 'binutils',
  make: 'make',
  rsync: 'rsync',
  strip: 'binutils',
};

/** Packages that are not installed and that some tests need to compile. */
export function missingLibraries(): string[] {
  return LIBRARIES.filter(({ file }) => !existsSync(file)).map((one) => one.package);
}

/**
 * A name for what compiles the tests: another compiler, or a library more, gives other programs.
 * @throws KC_TOOL_MISSING (host) with the packages to install
 */
export async function identifyToolchain(): Promise<string> {
  const missing: string[] = [];
  const versions: string[] = [];
  for (const [program, name] of Object.entries(PROGRAMS)) {
    const { exitCode, stdout } = await execa(program, ['--version'], { reject: false, env: { LC_ALL: 'C' } });
    if (exitCode === 0) versions.push(stdout.split('\n')[0] ?? '');
    else missing.push(name);
  }
  if (missing.length > 0) {
    const packages = [...new Set(missing)];
    throw new KconformError(`building the kernel's selftests needs ${packages.join(', ')}`, {
      code: 'KC_TOOL_MISSING',
      blame: 'host',
      hint: `apt-get install ${[...packages, ...missingLibraries()].join(' ')}`,
    });
  }
  const there = LIBRARIES.filter(({ file }) => existsSync(file)).map((one) => one.package);
  return createHash('sha256')
    .update(JSON.stringify([versions, there]))
    .digest('hex')
    .slice(0, 12);
}
