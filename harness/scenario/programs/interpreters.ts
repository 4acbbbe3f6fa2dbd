import { programError } from './faults.ts';

/** Those that busybox has. */
const IN_EVERY_GUEST = ['sh', 'ash', 'awk', 'sed'];

/** Interpreters, and the Debian package that brings each. The path in a first line is a link or a file of that package. */
const PACKAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  dash: 'dash',
  expect: 'expect',
  gawk: 'gawk',
  guile: 'guile-3.0',
  ksh: 'ksh93u+m',
  lua: 'lua5.4',
  'lua5.4': 'lua5.4',
  make: 'make',
  mawk: 'mawk',
  node: 'nodejs',
  perl: 'perl-base',
  php: 'php-cli',
  python: 'python-is-python3',
  python3: 'python3',
  ruby: 'ruby',
  tclsh: 'tcl',
  zsh: 'zsh',
};

/**
 * The Debian packages that a script needs for its interpreter; none where every guest has it.
 * @param interpreter `bash`
 * @param brought packages that the machine has anyway: one of them may bring an interpreter that is not known here
 * @throws KC_PROGRAM (case) for one that is unknown
 */
export function packagesFor(script: string, interpreter: string, brought: readonly string[] = []): readonly string[] {
  if (IN_EVERY_GUEST.includes(interpreter)) return [];
  const known = PACKAGES[interpreter];
  if (known !== undefined) return [known];
  if (brought.length > 0) return [];
  throw programError(
    `${script} asks for ${interpreter}, and no package is known that has it`,
    `name the package that has ${interpreter}: packages of the machine, or --package`,
  );
}
