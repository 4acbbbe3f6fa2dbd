import { isDeepStrictEqual } from 'node:util';
import { KconformError } from '../errors/error.ts';
import { branchOf, compareVersions, hasChange, isMainline } from '../kernels/version.ts';
import { isMatcher, type Matcher } from './matchers/matchers.ts';
import { isRecord } from './matchers/matches.ts';

/** What the judge knows of the kernel that was run. */
export interface KernelFacts {
  /** The upstream one: `6.1.192` for Debian's 6.1.0-56. */
  readonly version: string;
  /** Option (with or without CONFIG_) → value; null when the kernel does not tell. */
  readonly config: ReadonlyMap<string, string> | null;
  /** What ran its CPUs: `kvm`, or `tcg` for software emulation. Left out where no guest was run. */
  readonly accelerator?: string;
}

/** True when the option is built in; a module does not count, since guests load none. Undefined when the config is unknown. */
export function isBuiltIn(kernel: KernelFacts, option: string): boolean | undefined {
  if (kernel.config === null) return undefined;
  const name = option.replace(/^CONFIG_/, '');
  const value = kernel.config.get(name) ?? kernel.config.get(`CONFIG_${name}`);
  return value !== undefined && value !== 'n' && value !== 'm';
}

/**
 * The expectation for one kernel: each `byVersion` and `byConfig` replaced by the value that holds there.
 * Throws a KconformError with blame case when a fence says nothing of this kernel.
 * @param assumed a key that is taken for reached by the fences where that is not known (`isUndecided`)
 */
export function resolve(expected: unknown, kernel: KernelFacts, assumed?: string): unknown {
  if (isMatcher(expected)) return resolveMatcher(expected, kernel, assumed);
  if (Array.isArray(expected)) return expected.map((element) => resolve(element, kernel, assumed));
  if (!isRecord(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, resolve(value, kernel, assumed)]));
}

function resolveMatcher(matcher: Matcher<unknown>, kernel: KernelFacts, assumed: string | undefined): unknown {
  switch (matcher.$matcher) {
    case 'byVersion':
      return resolve(sinceVersion(matcher.$with, kernel.version, assumed), kernel, assumed);
    case 'byConfig': {
      const builtIn = isBuiltIn(kernel, matcher.$with.option);
      if (builtIn === undefined) throw unknownConfig(matcher.$with.option);
      return resolve(builtIn ? matcher.$with.set : matcher.$with.unset, kernel, assumed);
    }
    case 'anyOf':
    case 'including':
      return { ...matcher, $with: matcher.$with.map((value) => resolve(value, kernel, assumed)) };
    case 'not':
      return { ...matcher, $with: resolve(matcher.$with, kernel, assumed) };
    default:
      return matcher;
  }
}

function sinceVersion(since: Readonly<Record<string, unknown>>, version: string, assumed: string | undefined): unknown {
  if (assumed !== undefined && Object.hasOwn(since, assumed) && isUndecided(assumed, since, version))
    return since[assumed];
  const key = keyFor(since, version);
  if (key === undefined) throw noValue(`says nothing of ${version}: its versions are ${Object.keys(since).join(', ')}`);
  return since[key];
}

function keyFor(since: Readonly<Record<string, unknown>>, version: string): string | undefined {
  const reached = newestFirst(since).filter((key) => compareVersions(key, version) <= 0);
  return reached.find((candidate) => branchOf(candidate) === branchOf(version)) ?? reached.find(isMainline);
}

function newestFirst(since: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(since).sort((a, b) => compareVersions(b, a));
}

/** True where a byVersion() expects another value of this version than of the newest kernels. Both branches of byConfig() are looked at. */
export function isOfOlder(expected: unknown, version: string): boolean {
  const isOlder = (part: unknown) => isOfOlder(part, version);
  if (!isMatcher(expected)) {
    const parts = Array.isArray(expected) ? expected : isRecord(expected) ? Object.values(expected) : [];
    return parts.some(isOlder);
  }
  switch (expected.$matcher) {
    case 'byVersion': {
      const [own, [newest = '']] = [keyFor(expected.$with, version), newestFirst(expected.$with)];
      if (own === undefined) return true;
      return !isDeepStrictEqual(expected.$with[own], expected.$with[newest]) || isOlder(expected.$with[own]);
    }
    case 'byConfig':
      return isOlder(expected.$with.set) || isOlder(expected.$with.unset);
    case 'anyOf':
    case 'including':
      return expected.$with.some(isOlder);
    case 'not':
      return isOlder(expected.$with);
    default:
      return false;
  }
}

/**
 * True where a key of that fence may hold of the kernel although it is not reached: the kernel's branch is not named, and other
 * keys are stable releases, so that the changes are known to be backported.
 */
export function isUndecided(key: string, fence: Readonly<Record<string, unknown>>, version: string): boolean {
  const keys = Object.keys(fence);
  if (keys.every(isMainline) || keys.some((one) => branchOf(one) === branchOf(version))) return false;
  const sameChange = keys.filter((one) => isDeepStrictEqual(fence[one], fence[key]));
  return hasChange(version, sameChange) === 'unknown';
}

/** As needs say it of an option, which a case needs no less when only its expectation depends on it. */
function unknownConfig(option: string): KconformError {
  return new KconformError(`the expectation depends on CONFIG_${option}, and the config of this kernel is unknown`, {
    code: 'KC_CONFIG_UNKNOWN',
    blame: 'case',
    hint: 'name an image that has its config embedded (CONFIG_IKCONFIG), or config-RELEASE beside it',
  });
}

function noValue(what: string): KconformError {
  return new KconformError(`the expectation ${what}`, {
    code: 'KC_NO_EXPECTED_VALUE',
    blame: 'case',
    hint: 'Add a value for this kernel to expect.ts, or a need that skips it.',
  });
}
