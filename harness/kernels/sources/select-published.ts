import { KconformError } from '../../errors/error.ts';
import type { AptOptions } from '../debian/apt.ts';
import { listPublished, type PublishedKernel } from '../debian/catalogue.ts';
import { select } from '../select.ts';
import type { PublishedSpec } from '../spec.ts';
import { type Archive, archiveNamed, declaredArchives } from './archive.ts';

/**
 * The published kernels that a spec means: those of the source that it names, else Debian's. What Debian does not have may be in one of
 * the declared sources; only then are they looked at.
 * @throws KC_NO_SUCH_KERNEL, also where several sources have it; KC_KERNEL_SOURCE, KC_NO_APT, KC_NO_PACKAGE_LISTS
 */
export async function selectPublished(
  spec: PublishedSpec,
  text: string,
  options: AptOptions,
): Promise<PublishedKernel[]> {
  if (spec.source !== undefined) {
    const archive = await archiveNamed(spec.source);
    return select(await listPublished(options, archive), text, archive.source?.flavour);
  }
  const ofDebian = await listPublished(options);
  try {
    return select(ofDebian, text);
  } catch (error) {
    if (!(error instanceof KconformError && error.code === 'KC_NO_SUCH_KERNEL')) throw error;
    return selectElsewhere(text, error, options);
  }
}

/** The newest kernel that a spec means among those that are known; undefined for none. */
export function selectKnown(
  known: readonly PublishedKernel[],
  text: string,
  { source }: Archive,
): PublishedKernel | undefined {
  try {
    return select(known, text, source?.flavour).at(-1);
  } catch (error) {
    if (error instanceof KconformError && error.code === 'KC_NO_SUCH_KERNEL') return undefined;
    throw error;
  }
}

async function selectElsewhere(text: string, missing: KconformError, options: AptOptions): Promise<PublishedKernel[]> {
  const found = new Map<string, readonly PublishedKernel[]>();
  const failures: string[] = [];
  for (const archive of await declaredArchives()) {
    const name = archive.source?.name ?? '';
    try {
      found.set(name, select(await listPublished(options, archive), text, archive.source?.flavour));
    } catch (error) {
      if (!(error instanceof KconformError)) throw error;
      if (error.code === 'KC_KERNEL_SOURCE') failures.push(error.message);
      else if (error.code !== 'KC_NO_SUCH_KERNEL') throw error;
    }
  }
  const [only, another] = found;
  if (only === undefined) {
    if (failures.length === 0) throw missing;
    throw new KconformError([missing.message, ...failures].join('; '), {
      code: 'KC_NO_SUCH_KERNEL',
      blame: 'host',
      ...(missing.hint === undefined ? {} : { hint: missing.hint }),
      cause: missing,
    });
  }
  for (const failure of failures) options.progress?.(failure);
  if (another === undefined) return [...only[1]];
  throw new KconformError(`"${text}" is published by several sources: ${[...found.keys()].join(', ')}`, {
    code: 'KC_NO_SUCH_KERNEL',
    blame: 'host',
    hint: `name one: ${only[0]}:${text}`,
  });
}
