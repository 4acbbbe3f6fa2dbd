import { KconformError } from '../../errors/error.ts';
import type { OracleReports, Splat } from '../../expect/outcome.ts';

/** The first line of the report of a breakpoint that nobody set: `Oops: int3: 0000 [#1] SMP`, without `Oops: ` before 6.10. */
const BREAKPOINT = /^(Oops: )?int3: /;
/** The byte before the place where the CPU stopped, which is behind the breakpoint. The kernel marks that place: `0f <1f> 44`. */
const STOPPED_AFTER = /^Code: .*\b([0-9a-f]{2}) <[0-9a-f]{2}>/;
const INT3 = 'cc';

/**
 * The error of a guest whose emulated CPU met a breakpoint that the kernel had removed. The kernel changes its code behind a breakpoint
 * (text_poke_bp_batch() of arch/x86/kernel/alternative.c), and QEMU before 8.1 may translate code that another CPU is changing. Seen
 * with QEMU 7.2: the report says int3, and memory has another instruction there. The same was reported of QEMU 8.0
 * ("qemu-x86_64 booting with 8.0.0 stil see int3", linux-kernel, July 2023).
 * @param oracles of a guest whose CPUs are emulated
 * @returns undefined where anything else was reported first
 */
export function staleBreakpoint({ splats: [first] }: OracleReports): KconformError | undefined {
  if (first === undefined || !isStale(first)) return undefined;
  const where = first.fingerprint[0] ?? 'the kernel';
  return new KconformError(`an emulated CPU executed a breakpoint in ${where} that was no longer in memory`, {
    code: 'KC_EMULATION',
    blame: 'host',
    hint: 'run it again; QEMU before 8.1 does this with several CPUs: use a newer one or --cpus 1',
    evidence: { console: first.text.slice(0, 15) },
  });
}

function isStale({ title, text }: Splat): boolean {
  const before = text.map((line) => STOPPED_AFTER.exec(line)?.[1]).find((byte) => byte !== undefined);
  return BREAKPOINT.test(title) && before !== undefined && before !== INT3;
}

/** What is left of the reports. What such a guest says about itself afterwards, nobody can tell from what the kernel did. */
export function withoutStale(oracles: OracleReports): OracleReports {
  return { ...oracles, splats: [], taints: [], counters: [] };
}
