/** What a test gets that has no `settings` beside it (tools/testing/selftests/kselftest/runner.sh). */
const DEFAULT_S = 45;
/** `timeout=0` means no limit; some end is needed. */
const LONGEST_S = 1800;

/** The limit in milliseconds that a target's `settings` file gives each of its tests. */
export function limitOf(settings: string | undefined): number {
  const [, seconds] = /^timeout=(\d+)\s*$/m.exec(settings ?? '') ?? [];
  const limit = seconds === undefined ? DEFAULT_S : Number(seconds);
  return (limit === 0 ? LONGEST_S : limit) * 1000;
}

/** What a target asks of the kernel. */
export interface TargetNeeds {
  /** Options that must be built in. */
  readonly config: readonly string[];
  /** Modules, which are loaded if the kernel has them as modules. */
  readonly modules: readonly string[];
}

/**
 * What the `config` fragment of a target asks for.
 * @param modulesOf option → the modules that it makes; an option that can be a module is asked for as one
 */
export function needsOf(fragment: string | undefined, modulesOf: ReadonlyMap<string, readonly string[]>): TargetNeeds {
  const options = [...(fragment ?? '').matchAll(/^CONFIG_(\w+)=[ym]\s*$/gm)].map(([, option = '']) => option);
  const modules = options.flatMap((option) => (modulesOf.get(option) ?? []).slice(0, 1));
  return {
    config: [...new Set(options.filter((option) => !modulesOf.has(option)))].sort(),
    modules: [...new Set(modules)].sort(),
  };
}
