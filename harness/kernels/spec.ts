import { existsSync } from 'node:fs';
import { KconformError } from '../errors/error.ts';
import { readBuiltSpec } from './build/built.ts';
import { noSuchProfile } from './build/profile.ts';
import { branchOf, compareVersions, parseVersion } from './version.ts';

/** What all specs of published kernels can say. */
interface OfPublished {
  /** The name of a declared source, or `debian`; undefined where the spec names none. */
  readonly source: string | undefined;
  /** The word behind the colon; undefined where there is none. */
  readonly flavour: string | undefined;
}

/** What a kernel spec means, read from its text; docs/kernels.md has the grammar. */
export type KernelSpec =
  /** A bzImage or vmlinux. */
  | { readonly kind: 'path'; readonly path: string }
  /** What `kconform build` makes: `6.12.117+debug`. */
  | { readonly kind: 'built'; readonly source: string; readonly profile: string }
  /** One published kernel: a version, a series (its newest), a release or the version of a package. */
  | (OfPublished & { readonly kind: 'one'; readonly name: string })
  /** Each version of a series: `published:6.12`. */
  | (OfPublished & { readonly kind: 'series'; readonly series: string })
  /** Each version from the first to the last, both included. */
  | (OfPublished & { readonly kind: 'range'; readonly first: string; readonly last: string });

/** A spec of published kernels. */
export type PublishedSpec = Exclude<KernelSpec, { readonly kind: 'path' | 'built' }>;

/**
 * @param profiles names of build profiles: `6.12.90+debug` is a build where there is a profile `debug`, `6.12.90+deb12.1` a release
 * @throws KC_NO_SUCH_PROFILE (host); KC_NO_SUCH_KERNEL (host) for a range that is none
 */
export function parseSpec(text: string, profiles: readonly string[]): KernelSpec {
  if (text.includes('/') || (existsSync(text) && parseVersion(text) === undefined)) return { kind: 'path', path: text };
  const built = readBuiltSpec(text);
  if (built !== undefined) {
    // No release ends in + and letters.
    if (!profiles.includes(built.profile)) throw noSuchProfile(built.profile, profiles);
    return { kind: 'built', ...built };
  }
  return parsePublishedSpec(text);
}

/** As {@link parseSpec}, for a text that is neither a path nor a build. */
export function parsePublishedSpec(text: string): PublishedSpec {
  const [, source, published, body = '', flavour] =
    /^(?:(?!published:)([a-z][a-z0-9-]*):)?(published:)?([^:]*)(?::(.*))?$/s.exec(sourceFirst(text)) ?? [];
  const own = { source, flavour };
  if (published !== undefined) return { kind: 'series', series: body, ...own };
  const [first = '', last] = body.split('..');
  if (last !== undefined) {
    checkRange(first, last, text);
    return { kind: 'range', first, last, ...own };
  }
  return { kind: 'one', name: body.replace(/^v(?=\d)/, ''), ...own };
}

/** `ubuntu:published:6.8` for `published:ubuntu:6.8`. */
function sourceFirst(text: string): string {
  return text.replace(/^published:([a-z][a-z0-9-]*):/, '$1:published:');
}

/** @throws KC_NO_SUCH_KERNEL (host) */
function checkRange(first: string, last: string, text: string): void {
  const refusal = (message: string, hint: string) =>
    new KconformError(message, { code: 'KC_NO_SUCH_KERNEL', blame: 'host', hint });
  if (parseVersion(first) === undefined || parseVersion(last) === undefined)
    throw refusal(`${text} is not a range of versions`, 'write FIRST..LAST, such as 6.12.43..6.12.57');
  // `6.12.43..6.12` goes up to the newest of 6.12.
  if (compareVersions(first, last) <= 0 || branchOf(first) === last) return;
  const right = text.replace(`${first}..${last}`, `${last}..${first}`);
  throw refusal(`${text} is reversed: ${first} is newer than ${last}`, `write ${right}`);
}

/** True for a spec that means another kernel once a newer one is published. */
export function isMoving({ name }: { readonly name: string }): boolean {
  return /^\d+(\.\d+)?$/.test(name);
}
