import type { Health } from '../guest/qemu/control.ts';
import { taintLetters } from './taint.ts';

/**
 * What the kernel's own counters say that its console does not: a second witness. Each warning counts in warn_count and each
 * oops in oops_count (kernel/panic.c); more of them than splats means that a report was lost on its way.
 * @param splats how many were read off the console
 */
export function judgeHealth(before: Health, after: Health, splats: number): { taints: string[]; counters: string[] } {
  const counters: string[] = [];
  for (const [name, from, to] of [
    ['warn_count', before.warnings, after.warnings],
    ['oops_count', before.oopses, after.oopses],
  ] as const) {
    const rise = (to ?? 0) - (from ?? 0);
    if (rise > splats) counters.push(`${name} rose by ${rise}, and the console shows ${splats} splats`);
  }
  // `&` works on 32 bits, and the flags have 20.
  return { taints: taintLetters(after.taint & ~before.taint), counters };
}
