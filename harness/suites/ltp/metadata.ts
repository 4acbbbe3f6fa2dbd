import * as z from 'zod';
import { suiteError } from '../shape.ts';

const flag = z.union([z.literal('1'), z.literal(1), z.boolean()]).optional();
const Test = z.looseObject({
  tags: z.array(z.array(z.string())).optional(),
  needs_kconfigs: z.array(z.string()).optional(),
  needs_drivers: z.array(z.string()).optional(),
  needs_device: flag,
  timeout: z.coerce.number().optional(),
  max_runtime: z.coerce.number().optional(),
  runtime: z.coerce.number().optional(),
});
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
  /** Whether it needs a block device. */
  readonly needsDevice: boolean;
  /** In milliseconds; undefined if it says nothing. */
  readonly limitMs: number | undefined;
}

/** LTP's own limit of a test in seconds, beside its run time (lib/tst_test.c, DEFAULT_TIMEOUT). */
const DEFAULT_S = 30;

/**
 * Reads ltp.json, which LTP's build makes of its sources.
 * @throws KC_SUITE (case) for a file that is none
 */
export function readMetadata(text: string, file: string): ReadonlyMap<string, LtpMetadata> {
  let tests: z.infer<typeof Metadata>['tests'];
  try {
    tests = Metadata.parse(JSON.parse(text)).tests;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw suiteError(`${file} is no metadata of LTP: ${why}`, 'it is made by the build of LTP: metadata/ltp.json');
  }
  return new Map(Object.entries(tests).map(([name, test]) => [name, metadataOf(test)]));
}

function metadataOf(test: z.infer<typeof Test>): LtpMetadata {
  const { tags = [], needs_kconfigs: options = [], needs_drivers: modules = [], needs_device: device } = test;
  const tagged = (kind: string) =>
    tags.flatMap(([name, value]) => (name === kind && value !== undefined ? [value] : []));
  const seconds = (test.timeout ?? DEFAULT_S) + (test.max_runtime ?? test.runtime ?? 0);
  return {
    fixes: tagged('linux-git'),
    cves: tagged('CVE').map((number) => (number.startsWith('CVE-') ? number : `CVE-${number}`)),
    config: options.flatMap((option) => /^CONFIG_(\w+)(?:=y)?$/.exec(option)?.[1] ?? []), // others are decided by the test itself
    modules: modules.map((name) => name.replaceAll('-', '_')),
    needsDevice: device !== undefined && device !== false,
    limitMs: test.timeout === -1 ? undefined : seconds * 1000,
  };
}
