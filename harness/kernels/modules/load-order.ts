import { moduleName } from './modinfo.ts';
import type { TreeIndex, TreeModule } from './tree-index.ts';

/** What must be loaded for a module: it and its dependencies, each after what it depends on; or the file that is not there. */
export type LoadOrder = { readonly modules: readonly TreeModule[] } | { readonly missing: string };

/**
 * @param name with underscores
 * @returns undefined where the tree has no module of this name or alias
 */
export function loadOrder(index: TreeIndex, name: string): LoadOrder | undefined {
  const wanted = find(index, name);
  if (wanted === undefined) return undefined;
  const order = new Map<string, TreeModule>();
  const missing = visit(index, wanted, order, new Set());
  return missing === undefined ? { modules: [...order.values()] } : { missing };
}

/**
 * @param above modules that wait for this one
 * @returns the name of a dependency whose file is not there
 */
function visit(
  index: TreeIndex,
  module: TreeModule,
  order: Map<string, TreeModule>,
  above: ReadonlySet<string>,
): string | undefined {
  if (order.has(module.name)) return undefined;
  if (above.has(module.name)) return module.name; // by way of a soft dependency, which is then left out
  const waiting = new Set([...above, module.name]);
  for (const soft of module.softdeps) {
    const before = find(index, moduleName(soft));
    // As with modprobe, one that is not there, or lacks something, is left out.
    const own = new Map(order);
    if (before === undefined || visit(index, before, own, waiting) !== undefined) continue;
    for (const [name, one] of own) order.set(name, one);
  }
  for (const name of module.depends) {
    const before = index.modules.find((one) => one.name === name);
    const missing = before === undefined ? name : visit(index, before, order, waiting);
    if (missing !== undefined) return missing;
  }
  order.set(module.name, module);
  return undefined;
}

/**
 * By name, else by alias. Of several with the alias (crc32c: crc32c_generic, crc32c_intel) the one that needs no particular
 * CPU: a name that ends with _generic, or a file that is not below arch/.
 */
function find({ modules, builtin }: TreeIndex, name: string): TreeModule | undefined {
  const own = modules.find((module) => module.name === name);
  if (own !== undefined || builtin?.some((one) => isCalled(one, name)) === true) return own;
  const found = modules.filter((module) => isCalled(module, name));
  return (
    found.find((module) => module.name.endsWith('_generic')) ??
    found.find(({ file }) => !/(^|\/)arch\//.test(file)) ??
    found[0]
  );
}

/** Whether a module has the name or the alias. @param name with underscores */
export function isCalled(
  module: { readonly name: string; readonly aliases: readonly string[] },
  name: string,
): boolean {
  return module.name === name || module.aliases.some((alias) => moduleName(alias) === name);
}
