/** A stored run and what belongs to it, for the tests of what people read. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noReports } from '../expect/outcome.ts';
import type { CaseResult, KernelIdentity, Retry, RunEvent } from '../run/events.ts';
import { ResultsReporter } from '../run/results/results.ts';
import { type KeptSource, PLAIN_SOURCE } from './kept-source.ts';
import type { KernelFacts } from './kernel-facts.ts';

export function kernelNamed(version: string): KernelIdentity {
  return {
    id: `${version}+deb13-cloud-amd64_${version}-1`,
    spec: version,
    version: `${version}+deb13-cloud-amd64`,
    package: `linux-image-${version}+deb13-cloud-amd64=${version}-1`,
    sha256: 'ab'.repeat(32),
  };
}

export function resultOn(version: string, name: string, more: Partial<CaseResult> = {}): CaseResult {
  const kernel = kernelNamed(version);
  const rerun = `npx kconform run ${name} --kernel ${version}`;
  return { kernel, case: name, verdict: 'PASS', durationMs: 1, observations: [], oracles: noReports, rerun, ...more };
}

/** A splat without file and line. */
export const WARNING = {
  kind: 'WARNING',
  title: 'WARNING: at kernel/bpf/inode.c bpf_free_inode',
  fingerprint: ['bpf_free_inode'],
  at: 12.3,
  state: 'whole',
  text: [
    'WARNING: CPU: 0 PID: 71 at kernel/bpf/inode.c:612 bpf_free_inode+0x6e/0x80',
    'Call Trace:',
    ' bpf_evict+0x1/0x2',
  ],
} as const;

/** Writes results as a run does. @returns the folder */
export async function storedRun(
  results: readonly CaseResult[],
  left: { readonly console?: string; readonly transcript?: string } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-evidence-'));
  const reporter = new ResultsReporter(folder, [], () => 0);
  const { console = '', transcript = '' } = left;
  const events: RunEvent[] = [
    {
      type: 'run-started',
      id: '1',
      startedAt: '2026-11-24T02:15:26.000Z',
      kconform: '0.1.0',
      host: { qemu: '7.2.22', cpus: 2, accelerator: 'tcg', acceleratorReason: 'no KVM here' },
    },
    ...results.map(
      (result): RunEvent => ({ type: 'case-finished', kernel: result.kernel, result, console, transcript }),
    ),
    { type: 'run-finished', durationMs: 1, interrupted: false },
  ];
  for (const event of events) await reporter.on(event);
  return folder;
}

/** Of a kernel that is in no cache. */
export function factsOf({ package: text }: KernelIdentity, more: Partial<KernelFacts> = {}): KernelFacts {
  const [name = '', version = ''] = (text ?? '').split('=');
  return {
    package: { name, version, source: 'debian' },
    deb: { path: `pool/main/l/linux/${name}_${version}_amd64.deb`, sha256: 'cd'.repeat(32) },
    image: undefined,
    config: 'CONFIG_BPF=y\n',
    symbols: undefined,
    modules: [],
    kernelParameters: [],
    notes: [],
    ...more,
  };
}

export function sourceOf(
  form: KeptSource['form'],
  name: string,
  text: string,
  more: Partial<KeptSource> = {},
): KeptSource {
  const files = new Map([[name, Buffer.from(text)]]);
  return { ...PLAIN_SOURCE, form, main: name, about: `a scenario (${form})`, files, ...more };
}

/** A case that fails. */
export const differs: Partial<CaseResult> = {
  verdict: 'FAIL',
  blame: 'kernel',
  reason: "negative.errno: expected 'EINVAL', observed 'EPERM'",
  observations: [
    { path: 'shown', verdict: 'PASS', expected: "'rw'", observed: "'rw'" },
    { path: 'negative.errno', verdict: 'FAIL', expected: "'EINVAL'", observed: "'EPERM'" },
  ],
};

export const again = (verdict: Retry['verdict']): Retry => ({
  isolation: 'clone',
  verdict,
  durationMs: 1,
  observations: [],
  oracles: noReports,
});
