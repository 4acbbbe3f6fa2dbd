/** For tests of what looks at results: results as a run of published kernels would have them. */
import type { Observation } from '../expect/judge/judge-leaf.ts';
import { noReports, type Verdict } from '../expect/outcome.ts';
import { packageId } from '../kernels/kernel-id.ts';
import type { Judged } from '../run/results/results-file.ts';

/** @param number upstream version of the published kernel */
export function judged(number: string, name: string, verdict: Verdict, more: Partial<Judged> = {}): Judged {
  return {
    kernel: published(number),
    case: name,
    verdict,
    durationMs: 1000,
    observations: [],
    oracles: noReports,
    ...more,
  };
}

export function published(number: string, revision = '1'): Judged['kernel'] {
  const version = `${number}+deb13-cloud-amd64`;
  const name = `linux-image-${version}=${number}-${revision}`;
  return { id: packageId(name), spec: number, version, package: name };
}

export function observed(path: string, verdict: Verdict, value: string, expected = value): Observation {
  return { path, verdict, expected, observed: value };
}
