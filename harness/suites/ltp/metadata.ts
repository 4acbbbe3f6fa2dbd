import * as z from 'zod';
import { suiteError } from '../shape.ts';

const flag = z
  .union([z.boolean(), z.literal('1'), z.literal(1), z.literal('0'), z.literal(0)])
  .transform((value) => value === true || value === '1' || value === 1)
  .optional();
/** Numbers are texts, and some are names or expressions of C: `TST_UNLIMITED_TIMEOUT`, `4+1`. */
const number = z.union([z.number(), z.string()]).optional();
const Test = z.looseObject({
  tags: z.array(z.array(z.string())).optional(),
  needs_kconfigs: z.array(z.string()).optional(),
  needs_drivers: z.array(z.string()).optional(),
  needs_device: flag,
  dev_min_size: number,
  all_filesystems: flag,
  filesystems: z.array(z.unknown()).optional(),
  test_variants: number,
  min_cpus: number,
  timeout: number,
  max_runtime: number,
  runtime: number,
});
type Test = z.infer<typeof Test>;
const Metadata = z.looseObject({ tests: z.record(z.string(), Test) });

/** What LTP says of one of its programs. */
export interface LtpMetadata {
  /** Upstream commits whose absence it shows. */
  readonly fixes: readonly string[];
  /** `CVE-2017-2671` */
  readonly cves: readonly string[];
  /** Options that must be built in. */
  readonly config: readonly string[];
  readonly modules: readonly string[];
  /** Size of the block device that it needs, in MiB; undefined if it needs none. */
  readonly deviceMiB: number | undefined;
  /** How many CPUs it needs; undefined if it says nothing. */
  readonly cpus: number | undefined;
  /** In milliseconds, for its slowest run under LTP_TIMEOUT_MUL. */
  readonly limitMs: number;
}

/** LTP's own limit of a run in seconds, to which `timeout` adds (lib/tst_test.c, DEFAULT_TIMEOUT). */
const DEFAULT_S = 30;
/** For tests without an end of their own. */
const LONGEST_S = 1800;
/** As LTP sizes a device by default (lib/tst_device.c, DEV_SIZE_MB). */
const DEVICE_MIB = 300;
/** Of LTP's table (lib/tst_supported_fs_types.c): a test of all file systems is run once on each. */
const ALL_FILE_SYSTEMS = 10;
/** More CPUs than a guest can have are left to the test, which then says that it needs them. */
const MOST_CPUS = 8;

/** LTP's limits are for machines; under software emulation everything takes some four times as long. */
export const TIMEOUT_FACTOR = 4;

/** A test of which nothing is known. Its limit is that of LTP's shell library (TST_TIMEOUT), and what it takes to end. */
export const UNKNOWN: LtpMetadata = {
  fixes: [],
  cves: [],
  config: [],
  modules: [],
  deviceMiB: DEVICE_MIB,
  cpus: undefined,
  limitMs: 310_000,
};

/**
 * Reads ltp.json, which LTP's build makes of its sources.
 * @param modulesOf option → the modules that it makes
 * @throws KC_SUITE (case) for a file that is none
 */
export function readMetadata(
  text: string,
  file: string,
  modulesOf: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, LtpMetadata> {
  let tests: z.infer<typeof Metadata>['tests'];
  try {
    tests = Metadata.parse(JSON.parse(text)).tests;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw suiteError(`${file} is no metadata of LTP: ${why}`, 'it is made by the build of LTP: metadata/ltp.json');
  }
  return new Map(Object.entries(tests).map(([name, test]) => [name, metadataOf(test, modulesOf)]));
}

function metadataOf(test: Test, modulesOf: ReadonlyMap<string, readonly string[]>): LtpMetadata {
  const { tags = [], needs_kconfigs: options = [], needs_drivers: drivers = [], min_cpus } = test;
  const tagged = (kind: string) =>
    tags.flatMap(([name, value]) => (name === kind && value !== undefined ? [value] : []));
  // `CONFIG_A|CONFIG_B`, `CONFIG_A=n` and the like are decided by the test itself, which finds the configuration in /boot.
  const plain = options.flatMap((option) => /^CONFIG_(\w+)(?:=[ym])?$/.exec(option.trim())?.[1] ?? []);
  const asModules = plain.flatMap((option) => (modulesOf.get(option) ?? []).slice(0, 1));
  const cpus = numberOf(min_cpus);
  return {
    fixes: tagged('linux-git'),
    cves: tagged('CVE').map((number) => (number.startsWith('CVE-') ? number : `CVE-${number}`)),
    config: plain.filter((option) => !modulesOf.has(option)),
    modules: [...new Set([...drivers.map((name) => name.replaceAll('-', '_')), ...asModules])],
    deviceMiB: deviceOf(test),
    cpus: cpus !== undefined && cpus <= MOST_CPUS ? cpus : undefined,
    limitMs: limitOf(test) * 1000,
  };
}

function deviceOf({ needs_device, all_filesystems, filesystems, dev_min_size }: Test): number | undefined {
  if (needs_device !== true && all_filesystems !== true && filesystems === undefined) return undefined;
  return Math.max(DEVICE_MIB, numberOf(dev_min_size) ?? 0);
}

/** In seconds: LTP gives each variant on each file system the same time, and ends a run that takes longer by itself. */
function limitOf({ timeout, runtime, max_runtime, test_variants, all_filesystems, filesystems }: Test): number {
  const own = numberOf(timeout ?? 0);
  if (own === undefined || own < 0) return LONGEST_S;
  const perRun = TIMEOUT_FACTOR * (DEFAULT_S + own) + (numberOf(runtime ?? max_runtime) ?? 0);
  const onEach = all_filesystems === true ? ALL_FILE_SYSTEMS : Math.max(1, filesystems?.length ?? 1);
  return perRun * Math.max(1, numberOf(test_variants) ?? 1) * onEach + 10;
}

function numberOf(value: string | number | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
