import { type Leak, NO_KMEMLEAK } from '../expect/outcome.ts';
import type { Control } from '../guest/qemu/control.ts';

export const KMEMLEAK = '/sys/kernel/debug/kmemleak';

/** kmemleak reports no object younger than 5 s (MSECS_MIN_AGE in mm/kmemleak.c). */
export const AGE_LIMIT_MS = 5_200;

const ENOENT = 2;

/** The two calls of the guest's init that are needed. */
type Files = Pick<Control, 'readFile' | 'writeFile'>;

/** The result of kmemleak: the leaks, or why it could not scan. */
export type LeakScan = { readonly leaks: readonly Leak[] } | { readonly unavailable: string };

/**
 * Scans, lets all that is unreferenced grow old enough, scans again and reads the report; an object must be found by two scans
 * with the same content (mm/kmemleak.c, update_checksum). What is reported is looked for once more, as a pointer may have
 * been on its way.
 * @param rest waits while the guest idles
 */
export async function scanForLeaks(control: Files, rest: (ms: number) => Promise<void>): Promise<LeakScan> {
  const scan = async () => (await control.writeFile(KMEMLEAK, 'scan')) || undefined;
  const refused = await scan();
  if (refused !== undefined) return { unavailable: whyNot(refused) };
  await rest(AGE_LIMIT_MS);
  const again = await scan();
  if (again !== undefined) return { unavailable: whyNot(again) };
  const first = await control.readFile(KMEMLEAK);
  if (first.errno !== 0) return { unavailable: whyNot(first.errno) };
  if (first.text.trim() === '') return { leaks: [] };
  const once = await scan();
  const second = await control.readFile(KMEMLEAK);
  if (once !== undefined || second.errno !== 0) return { unavailable: whyNot(once ?? second.errno) };
  return { leaks: readLeaks(second.text) };
}

/** Takes what kmemleak reports of the boot out of all later reports, and stops its own scans. Nothing where there is none. */
export async function clearLeaks(control: Files, rest: (ms: number) => Promise<void>): Promise<void> {
  if ((await control.writeFile(KMEMLEAK, 'scan=off')) !== 0) return;
  await rest(AGE_LIMIT_MS);
  for (const command of ['scan', 'scan', 'clear']) await control.writeFile(KMEMLEAK, command);
}

function whyNot(errno: number): string {
  return errno === ENOENT ? NO_KMEMLEAK : `kmemleak answered errno ${errno}`;
}

/** Reads a report (Documentation/dev-tools/kmemleak.rst), those of one size and backtrace together, most first. */
export function readLeaks(report: string): Leak[] {
  const groups = new Map<string, Leak>();
  for (const object of report.split(/^(?=unreferenced object )/m)) {
    const bytes = /^unreferenced object 0x[0-9a-f]+ \(size (\d+)\)/.exec(object)?.[1];
    if (bytes === undefined) continue;
    const lines = object.split('\n');
    const after = (head: RegExp) => {
      const start = lines.findIndex((line) => head.test(line));
      return start < 0 ? [] : lines.slice(start + 1);
    };
    const hex = after(/^ {2}hex dump/).filter((line) => /^ {4}(?:[0-9a-f]{2} ){1}/.test(line));
    const backtrace = after(/^ {2}backtrace/)
      .map((line) => line.trim().replace(/^\[<[0-9a-f]+>\] /, ''))
      .filter((line) => /\+0x[0-9a-f]+\//.test(line));
    const key = `${bytes} ${backtrace.join(' ')}`;
    const known = groups.get(key);
    groups.set(key, {
      count: (known?.count ?? 0) + 1,
      bytes: Number(bytes),
      comm: known?.comm ?? /^ {2}comm "(.*?)", pid/m.exec(object)?.[1] ?? '',
      hex: known?.hex ?? hex.map((line) => line.trim()),
      backtrace,
    });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
