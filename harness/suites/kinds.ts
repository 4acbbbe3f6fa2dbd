import { dirname, resolve } from 'node:path';
import type { BuiltSuite, SuiteOptions } from './built.ts';
import type { SuiteFields } from './declaration.ts';
import { kselftestSuite } from './kselftest/selftests.ts';
import { liburingSuite } from './liburing/liburing.ts';
import { ltpSuite } from './ltp/ltp.ts';
import { programsSuite } from './programs.ts';

/**
 * Makes the programs of a suite, or finds them in the cache.
 * @param file the suite file; paths in it are relative to its folder
 * @param name of the suite, of which its folder in the guest is made
 * @throws KC_SUITE (case), KC_SUITE_BUILD, KC_TOOL_MISSING and what obtaining a source throws
 */
export async function buildSuite(
  fields: SuiteFields,
  file: string,
  name: string,
  options: SuiteOptions,
): Promise<BuiltSuite> {
  const place = `/opt/${name.replaceAll('/', '-')}`;
  switch (fields.kind) {
    case 'kselftest':
      return kselftestSuite(fields, place, options);
    case 'liburing':
      return liburingSuite(fields, place, options);
    case 'ltp':
      return ltpSuite(fields, resolve(dirname(file), fields.folder), place, options);
    case 'programs':
      return programsSuite(fields, resolve(dirname(file), fields.folder), place);
  }
}
