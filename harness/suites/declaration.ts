import type { Needs, SplatMatcher } from '../expect/expectation.ts';
import type { Machine } from '../machine/machine.ts';

/** A failure that somebody has looked into. On a kernel that shows it exactly so, the verdict is XFAIL. */
export interface KnownFailure {
  /** Why it fails, in one line. */
  readonly reason: string;
  /** What is wrong: the test, the machine that it runs on, or the kernel. A fault of the machine may be absent: PASS. */
  readonly cause: 'test' | 'machine' | 'kernel';
  /** For a fault of the kernel: the upstream commit that fixes it. */
  readonly fix?: string;
  /** The first version with the fix, one per branch. Default: no version has it. */
  readonly fixedIn?: readonly string[];
  /** The first version with the fault, one per branch. Default: every version without the fix. */
  readonly introducedIn?: readonly string[];
  /** Where it was reported or discussed: a URL. */
  readonly link?: string;
  /** Names of the subtests that fail. Default: the program fails as a whole. */
  readonly subtests?: readonly string[];
  /** What the output shows beside subtests, word by word as the verdict names it: a wrong total, an unfulfilled plan. */
  readonly problems?: readonly string[];
  /** What the subtests show, or the program. Default: fail. */
  readonly shows?: 'fail' | 'broken' | 'xpass';
  /** The exit status that the program then has. Default: any below 126; a shell reports a crash as 128 and the signal. */
  readonly exitCode?: number;
  /** The signal that then ends the program: `SIGSEGV`. Default: none, so that a crash is no known failure. */
  readonly signal?: string;
  /** For a fault of the machine: that its CPUs are emulated. Under KVM the failure is a FAIL. */
  readonly emulatedOnly?: true;
}

/** A skip that is all right. */
export interface AllowedSkip {
  /** Why nothing is tested here. */
  readonly reason: string;
  /** Names of the subtests. Default: the program as a whole. */
  readonly subtests?: readonly string[];
}

/** A test that fails now and then. */
export interface FlakyTest {
  /** Why, or what was looked at. */
  readonly reason: string;
  /** How often it failed. */
  readonly failed: number;
  /** Of how many runs. */
  readonly runs: number;
  /** Names of the subtests. Default: the program as a whole. */
  readonly subtests?: readonly string[];
  /** Names of subtests that are printed only when they fail: `many returned: 0 Success`, where `many succeeds` is printed otherwise. */
  readonly failures?: readonly string[];
  /** What is wrong with the results of the program when they fail: `the plan says 2 subtests, 3 have a result`. */
  readonly problems?: readonly string[];
  /** The exit status of the program. Default: 1; with names of subtests, any below 126, which is how a shell reports a crash. */
  readonly exitCode?: number;
  /** The rate is that of emulated CPUs. Under KVM the failure is a FAIL. */
  readonly emulatedOnly?: true;
}

/** What a suite says of one test program. */
export interface SuiteTestFields {
  /** What it needs beside the machine of the suite. */
  readonly machine?: Machine;
  /** What a kernel must have; in place of the options and modules that the suite itself names (a `config` file of kselftest). */
  readonly needs?: Needs;
  /** Limit in milliseconds on KVM; it is multiplied for software emulation. Default: that of the suite's own files. */
  readonly limitMs?: number;
  /** Arguments of the program. */
  readonly args?: readonly string[];
  /** A command for the guest's shell, as root, before the program starts: `mkdir /tmp/x`. If it fails, the test is an ERROR. */
  readonly prepare?: string;
  /** The folder in the guest where it starts. Default: that of the program. */
  readonly workdir?: string;
  /** Environment variables of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** Splats that a correct kernel prints in this test: `{ kind: 'OOM' }`, if it kills for want of memory on purpose. */
  readonly splats?: readonly SplatMatcher[];
  /** Why it is not run at all: the verdict is SKIP, with this reason. */
  readonly leftOut?: string;
  /** Why it takes minutes under software emulation. There it is run only if an argument names it; under KVM it always is. */
  readonly slow?: string;
  /** Failures that somebody has looked into. */
  readonly known?: readonly KnownFailure[];
  /** Skips that are all right. */
  readonly skips?: readonly AllowedSkip[];
  /** What fails now and then. */
  readonly flaky?: readonly FlakyTest[];
}

interface SuiteCommon {
  /** What the suite tests, in one line. */
  readonly about: string;
  /** The machine of all its tests. */
  readonly machine?: Machine;
  /** Limit of a test in milliseconds on KVM, if the suite's own files say none. */
  readonly limitMs?: number;
  /** What is to be said of single tests: `TARGET/PROGRAM`, or `TARGET/*` for all tests of a target. */
  readonly tests?: Readonly<Record<string, SuiteTestFields>>;
  /** The file with the names of the known tests, beside the suite file. Default: tests.json. */
  readonly list?: string;
}

/** A folder of executables of one's own. */
export interface ProgramsSuite extends SuiteCommon {
  /** A folder of programs. */
  readonly kind: 'programs';
  /** The folder, from the suite file. Each executable file in it is a test; other files and folders are there beside it. */
  readonly folder: string;
  /** What exit statuses mean. Default: what the output shows. */
  readonly convention?: 'kselftest' | 'ltp' | 'automake' | 'liburing' | 'plain';
  /** Names of executables that are no tests but helpers. */
  readonly helpers?: readonly string[];
}

/** The selftests of the kernel (tools/testing/selftests). */
export interface KselftestSuite extends SuiteCommon {
  /** The kernel's selftests. */
  readonly kind: 'kselftest';
  /** The source that they are built of. Default: the newest that is published. */
  readonly source?: string;
  /** Folders below tools/testing/selftests: `futex`, `filesystems/epoll`. */
  readonly targets: readonly string[];
  /** Tests that no Makefile lists as such, `TARGET/PROGRAM`. */
  readonly more?: readonly string[];
  /** Targets of which only these programs are tests here. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

/** The tests of liburing, of Debian's source package. */
export interface LiburingSuite extends SuiteCommon {
  /** The tests of liburing. */
  readonly kind: 'liburing';
  /** The version of the source package. Default: the newest. */
  readonly source?: string;
}

/** Tests of the Linux Test Project, as its build installs them. */
export interface LtpSuite extends SuiteCommon {
  /** Tests of LTP. */
  readonly kind: 'ltp';
  /** The installed LTP, from the suite file: `/opt/ltp`. */
  readonly folder: string;
  /** Files of its folder `runtest`: `syscalls`, `cve`. */
  readonly runtest: readonly string[];
}

/** A suite: many cases made from the tests of somebody else. */
export type SuiteFields = KselftestSuite | LiburingSuite | LtpSuite | ProgramsSuite;

/** The default export of a suite file. */
export interface SuiteFile {
  /** Marks the export of a file as a suite. */
  readonly kind: 'suite';
  /** What the file says. */
  readonly suite: SuiteFields;
}

/** `export default suite({ kind: 'programs', about: 'our own tests', folder: './build/tests' })`: a case per test program. */
export function suite(fields: SuiteFields): SuiteFile {
  return { kind: 'suite', suite: fields };
}
