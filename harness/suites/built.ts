import type { KconformError } from '../errors/error.ts';
import type { Machine } from '../machine/machine.ts';
import type { Convention } from '../scenario/results/conventions.ts';

/** One test program of a suite. */
export interface SuiteTest {
  /** `futex/run.sh`: below the name of the suite. */
  readonly name: string;
  /** The folder in the guest where it starts. */
  readonly workdir: string;
  /** The words that start it there. */
  readonly command: readonly string[];
  /** What it needs beside the machine of all tests. */
  readonly machine?: Machine;
  /** Options of the kernel that must be built in, as the suite's own files say. */
  readonly config?: readonly string[];
  /** Modules that the suite's own files ask for. */
  readonly modules?: readonly string[];
  /** Limit in milliseconds, from the suite's own files. */
  readonly limitMs?: number;
  /** Upstream commits whose absence it shows. */
  readonly fixes?: readonly string[];
  /** `CVE-2017-2671`: what it is about. */
  readonly cves?: readonly string[];
  /** Environment variables of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** Why it cannot be run: it did not compile, for instance. */
  readonly problem?: KconformError;
}

/** A suite whose programs are there. */
export interface BuiltSuite {
  /** The version of the source, where there is one: `6.12.118`. */
  readonly source: string | undefined;
  readonly convention: Convention | undefined;
  /** What brings the programs into the guest. */
  readonly machine: Machine;
  readonly tests: readonly SuiteTest[];
}

/** What the making of a suite needs to know. */
export interface SuiteOptions {
  /** The version of the source that was asked for; default: the newest that is published. */
  readonly source?: string;
  /** Whether to name the tests only, out of the list beside the suite file, so that nothing is built. */
  readonly namesOnly?: true;
  readonly progress?: (message: string) => void;
  /** Receives the names of tests that the list has and the suite does not make any more: `kselftest/futex/run.sh`. */
  readonly onUnbuilt?: (tests: readonly string[]) => void;
  readonly signal?: AbortSignal;
}
