import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KconformError } from '../../errors/error.ts';
import { buildKernel, outputOf, restoreSource, withPublishedSource } from '../../kernels/build/build.ts';
import type { Profile } from '../../kernels/build/profile.ts';
import { obtainSource, type Source } from '../../kernels/build/source.ts';
import type { AptOptions } from '../../kernels/debian/apt.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { applyPatches, type PatchedSource } from '../../kernels/patches/apply.ts';
import { pathsOf } from '../../kernels/patches/diff.ts';
import type { Patch } from '../../kernels/patches/read-patches.ts';

/** The same kernel without and with patches. */
export interface BothKernels extends PatchedSource {
  readonly before: Kernel;
  readonly after: Kernel;
  /** Sources of the patches without an object: not built with this configuration, or included by another file. */
  readonly withoutObject: readonly string[];
}

interface Wanted {
  readonly source: string | Source;
  readonly profile: string | Profile;
  readonly patches: readonly Patch[];
  /** Whether the patched kernel keeps debug information. */
  readonly symbols: boolean;
}

/** The patches applied to the source. @throws as applyPatches, and KC_PATCH where nothing of the kernel changes */
export async function patchedSource(
  source: Source,
  patches: readonly Patch[],
  options: AptOptions,
): Promise<PatchedSource> {
  const patched = await withPublishedSource(source, options, () => applyPatches(patches, source.tree, options.signal));
  if (patched.edits.length > 0) return patched;
  const what = patched.ignored.length > 0 ? 'the patches change selftests only' : 'the patches change nothing';
  throw new KconformError(`${what}: there is nothing to try`, {
    code: 'KC_PATCH',
    blame: 'host',
    hint: 'a kernel with them is the same as without them',
  });
}

/**
 * Builds the kernel without and with the patches. The source is the published one again at the end.
 * @throws KC_PATCH with patch, file and line; KC_BUILD; KC_SAME_KERNEL where the patches change no object code; as obtainSource
 */
export async function buildBoth(
  { source: wanted, profile, patches, symbols }: Wanted,
  options: AptOptions,
): Promise<BothKernels> {
  const source = typeof wanted === 'string' ? await obtainSource(wanted, options) : wanted;
  const { edits, ignored } = await patchedSource(source, patches, options);
  const before = await buildKernel({ source, profile }, options);
  const label = `${before.spec} with the patch`;
  try {
    // Modules are built of the same source: without them, those of a whole configuration would be missing.
    const whole = symbols || typeof profile !== 'string';
    const after = await buildKernel({ source, profile, edits, label, whole }, options);
    if (after.sha256 === before.sha256)
      throw sameKernel(
        before.spec,
        edits.map(({ file }) => file),
      );
    const output = outputOf(source, typeof profile === 'string' ? profile : profile.name);
    const sources = edits
      .filter(({ file, text }) => text !== undefined && /\.[cS]$/.test(file))
      .map(({ file }) => file);
    const withoutObject = sources.filter((file) => !existsSync(join(output, file.replace(/\.[cS]$/, '.o'))));
    // The path names it for --kernel, as long as the cache has it.
    return { before, after: { ...after, spec: after.vmlinux }, edits, ignored, withoutObject };
  } catch (error) {
    throw error instanceof KconformError && error.code === 'KC_BUILD' ? ofPatch(error, patches) : error;
  } finally {
    await restoreSource(source, options.progress);
  }
}

/** A kernel that was built of the unpatched objects shows nothing about a patch. */
function sameKernel(spec: string, files: readonly string[]): KconformError {
  return new KconformError(`undetermined: the patch changes no code of ${spec}`, {
    code: 'KC_SAME_KERNEL',
    blame: 'case',
    hint: `${files.join(', ')}: not built with this configuration, or only comments change; choose another profile (--profile)`,
  });
}

/** Says which patch a compiler error belongs to. */
function ofPatch(error: KconformError, patches: readonly Patch[]): KconformError {
  const file = /([\w./-]+\.[chS]):\d+/.exec(error.message)?.[1];
  const own = patches.filter(
    ({ files }) => file !== undefined && files.flatMap(pathsOf).some((path) => file.endsWith(path)),
  );
  const names = own.map(({ name, title }) => `${name} (${title})`).join(', ');
  const which = own.length === 0 ? 'with the patch' : `with ${names}`;
  return new KconformError(`${which}, ${error.message}`, {
    code: 'KC_BUILD',
    blame: 'case',
    hint: 'the kernel builds without the patch; the log has the whole output',
    evidence: error.evidence,
    cause: error,
  });
}
