/** A run with one result of every verdict, for the reporters' golden files. */
import { noReports, type Verdict } from '../expect/outcome.ts';
import type { CaseResult, KernelIdentity, Reporter, RunEvent } from '../run/events.ts';
import { Recorder, type RunRecord } from '../run/results/record.ts';

const quiet = noReports;
const older: KernelIdentity = {
  id: '6.12.43+deb13-cloud-amd64_6.12.43-1',
  spec: '6.12.43',
  version: '6.12.43+deb13-cloud-amd64',
  package: 'linux-image-6.12.43+deb13-cloud-amd64=6.12.43-1',
};
const newer: KernelIdentity = {
  id: '6.12.57+deb12-cloud-amd64_6.12.57-1~bpo12+1',
  spec: '6.12.57',
  version: '6.12.57+deb12-cloud-amd64',
  package: 'linux-image-6.12.57+deb12-cloud-amd64=6.12.57-1~bpo12+1',
};

function result(
  kernel: KernelIdentity,
  name: string,
  verdict: Verdict,
  durationMs: number,
  more: Partial<CaseResult> = {},
): CaseResult {
  const rerun = `npx kconform run ${name} --kernel ${kernel.spec}`;
  return { kernel, case: name, verdict, durationMs, observations: [], oracles: quiet, rerun, ...more };
}

const results: readonly CaseResult[] = [
  result(older, 'bpffs/unpin-releases-at-once', 'XFAIL', 812.4, {
    reason: 'unlink returns before the map is released',
    fix: 'ee04cff9ed4d',
    observations: [{ path: 'idsAfterUnlink', verdict: 'XFAIL', expected: '[]', observed: '[7]' }],
  }),
  result(newer, 'bpffs/mount-owner', 'PASS', 612, {
    machine: { cpus: 2 },
    observations: [{ path: 'root.uid', verdict: 'PASS', expected: '65534', observed: '65534' }],
    oracles: { ...quiet, unavailable: { kmemleak: 'CONFIG_DEBUG_KMEMLEAK is not set' } },
  }),
  result(newer, 'bpffs/delegate-options', 'FAIL', 1730, {
    machine: { memory: '1G', modules: ['loop max_loop=4', 'overlay'], kernelParameters: ['panic_on_warn=1'] },
    blame: 'kernel',
    reason: "negative.errno: expected 'EINVAL', observed 'EPERM', as if 6c1752e0b6ca were missing",
    fix: '6c1752e0b6ca',
    observations: [
      { path: 'shown', verdict: 'PASS', expected: "'rw'", observed: "'rw'" },
      { path: 'negative.errno', verdict: 'FAIL', expected: "'EINVAL'", observed: "'EPERM'" },
      { path: 'root.mode', verdict: 'FAIL', expected: '0o41777', observed: '0o40755' },
    ],
    oracles: {
      ...quiet,
      splats: [
        {
          kind: 'WARNING',
          title: 'WARNING: at kernel/bpf/inode.c bpf_free_inode',
          fingerprint: ['bpf_free_inode'],
          at: 12.345678,
          state: 'cut off',
          text: ['WARNING: CPU: 0 PID: 71 at kernel/bpf/inode.c:612 bpf_free_inode+0x6e/0x80', 'Call Trace:', ' <IRQ>'],
        },
      ],
      taints: ['W'],
    },
    evidence: {
      console: ['[    4.1] bpf: Unknown parameter \u001b[31m"uid"\u001b[0m'],
      log: 'out/6.12.57/bpffs/delegate-options/console.log',
    },
  }),
  result(newer, 'token/delegation-in-userns', 'XPASS', 955, {
    reason: 'declared and not seen: the token is refused',
  }),
  result(newer, 'bpffs/fsconfig-string-leak', 'SKIP', 3, { reason: 'needs CONFIG_DEBUG_KMEMLEAK built in' }),
  result(newer, 'bpffs/hangs', 'ERROR', 61_000, {
    blame: 'case',
    reason: 'the scenario threw: guest.sdat is not a function',
    evidence: { awaited: "the scenario's end", afterMs: 60_000 },
    hint: 'Fix scenario.ts, line 3.',
  }),
];

/** What the console of the case that fails said. */
const consoles: Readonly<Record<string, string>> = {
  'bpffs/delegate-options': [
    '[    4.100000] bpf: Unknown parameter \u001b[31m"uid"\u001b[0m',
    '[   12.345678] WARNING: CPU: 0 PID: 71 at kernel/bpf/inode.c:612 bpf_free_inode+0x6e/0x80',
    '[   12.345701] Call Trace:',
    '[   12.345710]  <IRQ>',
    '[   12.400000] a line that is no part of it',
    '',
  ].join('\r\n'),
};

export const sampleRun: readonly RunEvent[] = [
  {
    type: 'run-started',
    id: '20251124-021526-4f2a',
    startedAt: '2025-11-24T02:15:26.000Z',
    kconform: '0.1.0',
    host: { qemu: '7.2.22', cpus: 2, accelerator: 'tcg', acceleratorReason: '/dev/kvm does not run a kernel here' },
  },
  { type: 'progress', message: 'downloading linux-image-6.12.43+deb13-cloud-amd64 (34 MB)' },
  { type: 'kernel-ready', kernel: older, ms: 3450 },
  { type: 'kernel-ready', kernel: newer, ms: 3120 },
  ...results.flatMap((entry): RunEvent[] => [
    { type: 'case-started', kernel: entry.kernel, case: entry.case },
    {
      type: 'case-finished',
      console: consoles[entry.case] ?? '',
      transcript: entry.verdict === 'FAIL' ? '$ mount -t bpf -o uid=1 bpffs /mnt\n' : '',
      kernel: entry.kernel,
      result: entry,
    },
  ]),
  { type: 'run-finished', durationMs: 68_200, interrupted: false },
];

const subtest = (name: string, verdict: Verdict, observed: string) => ({
  path: name.includes('.') ? `subtests[${JSON.stringify(name)}]` : `subtests.${name}`,
  verdict,
  expected: verdict === 'SKIP' ? observed : "'pass'",
  observed,
});
const programs: readonly CaseResult[] = [
  result(newer, 'kselftest/clone3/clone3', 'PASS', 900, {
    observations: [subtest('simple clone3', 'PASS', "'pass'"), subtest('clone3.ns', 'SKIP', "'skip'")],
    skips: [{ subtest: 'clone3.ns', reason: 'needs root # really' }],
  }),
  result(newer, 'kselftest/mincore/mincore_selftest', 'XFAIL', 800, {
    reason: 'the page cache is read ahead further',
    observations: [subtest('check_file_mmap', 'XFAIL', "'fail'")],
  }),
  result(newer, 'kselftest/mm/hugetlb', 'SKIP', 700, { reason: 'no huge pages', skips: [{ reason: 'no huge pages' }] }),
  result(newer, 'kselftest/timers/posix_timers', 'FAIL', 600, {
    blame: 'kernel',
    reason: "subtests.sig_ign: expected 'pass', observed 'fail'",
    observations: [subtest('sig_ign', 'FAIL', "'fail'"), subtest('check', 'PASS', "'pass'")],
  }),
];

/** A run of programs of others: subtests that pass, fail, fail as declared and are skipped, and a program that skips. */
export const programRun: readonly RunEvent[] = [
  ...sampleRun.filter(({ type }) => type === 'run-started'),
  ...programs.map(
    (entry): RunEvent => ({ type: 'case-finished', console: '', transcript: '', kernel: entry.kernel, result: entry }),
  ),
  ...sampleRun.filter(({ type }) => type === 'run-finished'),
];

/** The same run as reports of the whole see it. */
export async function recordOf(events: readonly RunEvent[] = sampleRun): Promise<RunRecord> {
  const records: RunRecord[] = [];
  await replay(new Recorder(async (record) => void records.push(record)), events);
  const [record] = records;
  if (record === undefined) throw new Error('the events have no end');
  return record;
}

/** Gives the events to a reporter, in order. */
export async function replay(reporter: Reporter, events: readonly RunEvent[] = sampleRun): Promise<void> {
  for (const event of events) await reporter.on(event);
}
