import type { OracleReports, Splat } from '../expect/outcome.ts';
import type { BootRecord } from '../guest/template/boot-record.ts';
import { judgeHealth } from './health.ts';
import { readSplats } from './splats/splats.ts';
import { type Symbols, symbolise } from './splats/symbolise.ts';

/** A kernel begins its log with its version (init/main.c, linux_banner). */
const FIRST_LINE = /\bLinux version \S/;

/**
 * What the oracles see of one or several boots of one kernel; a report that several of them show is kept once.
 * @param symbols for the frames of splats
 */
export async function readBoots(boots: readonly BootRecord[], symbols?: Symbols): Promise<OracleReports> {
  const reports = boots.map(readBoot);
  const splats = [...new Map(reports.flatMap((one) => one.splats).map((splat) => [identityOf(splat), splat])).values()];
  return {
    splats: symbols === undefined || splats.length === 0 ? splats : await symbolise(splats, symbols),
    leaks: [],
    taints: [...new Set(reports.flatMap((one) => one.taints))],
    counters: [...new Set(reports.flatMap((one) => one.counters))],
    unavailable: {
      kmemleak: 'leaks of the boot are not looked for',
      ...(boots.length > 0 && boots.every(({ console }) => FIRST_LINE.test(console))
        ? {}
        : { splats: 'the console does not show the beginning of the boot' }),
    },
    unproven: {},
  };
}

/** Everything is new to a kernel that boots: its counters begin at zero. */
function readBoot({ console, health }: BootRecord): Pick<OracleReports, 'splats' | 'taints' | 'counters'> {
  const splats = readSplats(console);
  return { splats, ...judgeHealth({ taint: 0, warnings: 0, oopses: 0 }, health, splats.length) };
}

function identityOf({ kind, title, fingerprint }: Splat): string {
  return JSON.stringify([kind, title, fingerprint]);
}
