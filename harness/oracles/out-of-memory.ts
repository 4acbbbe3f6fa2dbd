import type { Splat } from '../expect/outcome.ts';

/** A kernel right after its boot holds less than a quarter of the smallest guest (256 MiB); so much is left for a scenario. */
const SHARE_OF_SCENARIO = 3 / 4;

/**
 * Marks the reports of the out-of-memory killer, and the panic that follows when it finds nothing to kill, as the case's fault where
 * the scenario itself filled the memory. A kernel whose own memory grew stays to blame: that may be the leak that the case looks for.
 * A report without numbers (the kernel limits how many it prints) is judged like the one before it.
 */
export function blameOutOfMemory(splats: readonly Splat[]): Splat[] {
  let heldByScenario = false;
  return splats.map((splat) => {
    if (splat.kind === 'OOM') heldByScenario = scenarioHoldsMemory(splat.text) ?? heldByScenario;
    const isPanic = splat.kind === 'panic' && /deadlocked on memory|Out of memory/.test(splat.title);
    return heldByScenario && (splat.kind === 'OOM' || isPanic) ? { ...splat, blame: 'case' } : splat;
  });
}

/**
 * Whether processes and their files in memory hold three quarters of it: what is on the lists of anonymous memory (tmpfs and shared
 * memory are there as well) and of memory that cannot be evicted (mlock, ramfs). Slab, stacks, page tables, and what the kernel
 * allocated page by page are not on these lists. Undefined without the numbers (Mem-Info, or the statistics of a memory cgroup).
 */
function scenarioHoldsMemory(text: readonly string[]): boolean | undefined {
  const report = text.join('\n');
  const number = (pattern: RegExp) => Number(pattern.exec(report)?.[1]);
  const ofGroup = number(/^memory: usage (\d+)kB/m) * 1024;
  if (!Number.isNaN(ofGroup)) {
    const held = number(/^anon (\d+)$/m) + number(/^file (\d+)$/m); // bytes; `file` includes shmem
    return Number.isNaN(held) ? undefined : held >= SHARE_OF_SCENARIO * ofGroup;
  }
  const held = ['active_anon', 'inactive_anon', 'isolated_anon', 'unevictable']
    .map((name) => number(new RegExp(`^ *(?:.* )?${name}:(\\d+)(?: |$)`, 'm')))
    .reduce((sum, pages) => sum + pages);
  const pages = number(/^(\d+) pages RAM$/m) - number(/^(\d+) pages reserved$/m);
  return Number.isNaN(held) || Number.isNaN(pages) ? undefined : held >= SHARE_OF_SCENARIO * pages;
}
