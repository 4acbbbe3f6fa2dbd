import { existsSync } from 'node:fs';
import { isSameSplat } from '../../bug-reports/splat/asked-splat.ts';
import { splatInFile } from '../../bug-reports/splat/splat-in-file.ts';
import type { IsWanted } from '../programs/judge-file.ts';

/**
 * A splat as what is looked for: that which a file quotes, else by a part of its `KIND: title` or a function among its first frames,
 * with upper and lower case alike.
 * @throws KC_REPORT (case) for a file that quotes no splat
 */
export async function splatCriterion(asked: string): Promise<IsWanted> {
  if (existsSync(asked)) {
    const quoted = await splatInFile(asked);
    return (splat) => isSameSplat(quoted, splat);
  }
  const wanted = asked.trim().toLowerCase();
  return ({ kind, title, fingerprint }) =>
    `${kind}: ${title}`.toLowerCase().includes(wanted) || fingerprint.some((name) => name.toLowerCase() === wanted);
}
