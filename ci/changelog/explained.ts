import { compareVersions, upstreamVersion } from '../../harness/kernels/version.ts';
import type { KernelIdentity } from '../../harness/run/events.ts';
import type { Disagreement } from './disagreements.ts';

/** Why kernels before a version behave as with the fix, which they do not have. */
interface Explanation {
  readonly before: string;
  readonly reason: string;
}

/** By the title of the fix. An entry that no longer explains a disagreement is refused. */
export const EXPLAINED: Readonly<Record<string, Explanation>> = {
  'bpf: Reject key-less BTF for hash maps': {
    before: '6.12.112',
    reason: '"bpf: Register dtor for freeing special fields", which brought the bug, came with the same release',
  },
};

/** Why a disagreement is none; undefined where nobody has looked into it. */
export function explanationOf({ commit, kind }: Disagreement, kernel: KernelIdentity): string | undefined {
  const found = EXPLAINED[commit];
  const isOlder = found !== undefined && compareVersions(upstreamVersion(kernel), found.before) < 0;
  return kind === 'has' && isOlder ? found.reason : undefined;
}
