import { nearestNames } from '../../errors/nearest.ts';
import { readConfig } from '../config.ts';
import type { AptOptions } from '../debian/apt.ts';
import type { Kernel } from '../kernel.ts';
import { KernelTree } from './kernel-tree.ts';
import { isCalled, loadOrder } from './load-order.ts';
import { moduleName } from './modinfo.ts';
import { moduleOptions } from './options.ts';
import type { TreeIndex, TreeModule } from './tree-index.ts';

/** A module as the kernel takes it: not changed but uncompressed, so that its signature is still right. */
export interface LoadableModule {
  /** As the kernel calls it, with underscores: `virtio_pci`. */
  readonly name: string;
  readonly bytes: Buffer;
  /** For finit_module(2): `max_loop=4`; empty without any. */
  readonly parameters: string;
}

/** What a kernel has of one module that was asked for: `overlay`, `loop max_loop=4`. */
export type ModuleAnswer =
  /** It can be loaded. */
  | { readonly kind: 'module'; readonly name: string }
  /** Nothing is to be loaded. @property kernelParameters its parameters, for the kernel's command line: `loop.max_loop=4` */
  | { readonly kind: 'built-in'; readonly name: string; readonly kernelParameters: readonly string[] }
  /** The kernel was built without it. @property options those that would bring it: `CONFIG_OVERLAY_FS` */
  | { readonly kind: 'not-configured'; readonly name: string; readonly options: readonly string[] }
  /** The kernel may have it, but its file, or that of a module that it needs, is not there or cannot be used. */
  | { readonly kind: 'no-file'; readonly name: string; readonly reason: string }
  /** No kernel has a module of this name. */
  | { readonly kind: 'unknown'; readonly name: string; readonly nearest: readonly string[] }
  /** The module has no such parameter; the kernel would ignore it with a warning. */
  | {
      readonly kind: 'unknown-parameter';
      readonly name: string;
      readonly parameter: string;
      readonly known: readonly string[];
    };

export interface ModuleSearch {
  /** One for each name, in the order of the names. */
  readonly answers: readonly ModuleAnswer[];
  /** All that must be loaded for those that can be, each once and after what it depends on. */
  readonly modules: readonly LoadableModule[];
}

/** What every module takes beside its own parameters (kernel/module/main.c). */
const COMMON_PARAMETERS = ['dyndbg', 'async_probe'];

/**
 * Looks for modules of a kernel. Those of a published kernel are downloaded the first time that any of them is asked for.
 * @param names with `-` or `_`, or an alias such as `fs-ext4`; parameters may follow, as in /etc/modules: `loop max_loop=4`
 * @throws KC_DOWNLOAD, KC_DOWNLOAD_CORRUPT, KC_DISK_FULL, KC_CACHE_UNWRITABLE, KC_TOOL_MISSING, KC_INTERRUPTED
 */
export async function findModules(
  kernel: Kernel,
  names: readonly string[],
  options: AptOptions = {},
): Promise<ModuleSearch> {
  if (names.length === 0) return { answers: [], modules: [] };
  const wanted = names.map(readName);
  return KernelTree.use(kernel, options, async (tree) => {
    const answers: ModuleAnswer[] = [];
    const order = new Map<string, { readonly module: TreeModule; readonly parameters: string }>();
    for (const one of wanted) {
      const { answer, modules } = await look(kernel, tree, one);
      answers.push(answer);
      for (const module of modules) {
        const isWanted = modules.at(-1) === module;
        const before = order.get(module.name)?.parameters ?? '';
        order.set(module.name, { module, parameters: isWanted ? one.parameters.join(' ') : before });
      }
    }
    const modules: LoadableModule[] = [];
    for (const { module, parameters } of order.values()) {
      modules.push({ name: module.name, bytes: await tree.read(module), parameters });
    }
    return { answers, modules };
  });
}

interface Wanted {
  readonly name: string;
  readonly parameters: readonly string[];
}

function readName(text: string): Wanted {
  const [name = '', ...parameters] = text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []; // dyndbg="file loop.c +p"
  return { name: moduleName(name), parameters };
}

interface Found {
  readonly answer: ModuleAnswer;
  /** The module itself is the last. */
  readonly modules: readonly TreeModule[];
}

async function look(kernel: Kernel, tree: KernelTree, wanted: Wanted): Promise<Found> {
  const none = (answer: ModuleAnswer): Found => ({ answer, modules: [] });
  const noFile = (reason: string) => none({ kind: 'no-file', name: wanted.name, reason });
  const order = loadOrder(tree.index, wanted.name);
  if (order === undefined) return none(await notInTree(kernel, tree, wanted));
  if ('missing' in order) return noFile(`it needs the module ${order.missing}, which is not in ${tree.place}`);
  const module = order.modules.at(-1);
  const wrong = module && unknownParameter(module, wanted);
  if (wrong !== undefined) return none(wrong);
  const config = await readConfig(kernel);
  const foreign = order.modules.find(({ vermagic }) => vermagic.split(' ')[0] !== kernel.version);
  // With MODVERSIONS the kernel compares symbols instead (kernel/module/version.c).
  if (foreign !== undefined && config?.get('MODVERSIONS') !== 'y') {
    return noFile(`${foreign.file} was built for ${foreign.vermagic.split(' ')[0]}, not for ${kernel.version}`);
  }
  return { answer: { kind: 'module', name: module?.name ?? wanted.name }, modules: order.modules };
}

async function notInTree(kernel: Kernel, tree: KernelTree, wanted: Wanted): Promise<ModuleAnswer> {
  const { name } = wanted;
  const builtin = tree.index.builtin?.find((one) => isCalled(one, name));
  if (builtin !== undefined) return unknownParameter(builtin, wanted) ?? builtIn(builtin.name, wanted);
  const damaged = tree.index.unreadable.find((one) => one.name === name);
  if (damaged !== undefined) return { kind: 'no-file', name, reason: `${damaged.file} is no module or is damaged` };
  const options = (await moduleOptions()).get(name);
  if (options === undefined) return { kind: 'unknown', name, nearest: await nearest(tree.index, name) };
  const config = await readConfig(kernel);
  const values = options.map((option) => config?.get(option) ?? 'n');
  if (values.includes('y')) return builtIn(name, wanted);
  if (config === null)
    return { kind: 'no-file', name, reason: `${tree.place}, and ${kernel.version} does not tell its configuration` };
  const asModule = options[values.indexOf('m')];
  if (asModule === undefined) return { kind: 'not-configured', name, options: options.map((one) => `CONFIG_${one}`) };
  return { kind: 'no-file', name, reason: `CONFIG_${asModule}=m, but ${name}.ko is not in ${tree.place}` };
}

function builtIn(name: string, { parameters }: Wanted): ModuleAnswer {
  return { kind: 'built-in', name, kernelParameters: parameters.map((parameter) => `${name}.${parameter}`) };
}

function unknownParameter(
  { name, parameters }: { readonly name: string; readonly parameters: readonly string[] },
  wanted: Wanted,
): ModuleAnswer | undefined {
  const known = parameters.map(moduleName);
  const wrong = wanted.parameters
    .map((text) => text.split('=')[0] ?? '')
    .find((parameter) => !known.includes(moduleName(parameter)) && !COMMON_PARAMETERS.includes(parameter));
  return wrong === undefined ? undefined : { kind: 'unknown-parameter', name, parameter: wrong, known };
}

async function nearest({ modules, builtin }: TreeIndex, name: string): Promise<string[]> {
  const own = [...modules, ...(builtin ?? [])].map((module) => module.name);
  return nearestNames(name, [...own, ...(await moduleOptions()).keys()]);
}
