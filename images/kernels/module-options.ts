/**
 * Writes module-options.txt, which tells a module's name from a typo and says which option brings it:
 *   node --import tsx images/kernels/module-options.ts TREE…
 * with unpacked sources of the kernel, for example those of Debian's linux-source-6.1, -6.12 and -7.3.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('module-options.txt', import.meta.url));
const HEAD = `# Options of the kernel that can be =m, and the modules that each brings. Without names: the option's own, in lower case.
# Written by module-options.ts.
`;

/** Folders without modules that a guest could load. */
const SKIPPED = /^(Documentation|scripts|tools|usr)\/|^arch\/(?!x86\/)/;

async function readTree(tree: string, modules: Map<string, Set<string>>, tristate: Set<string>): Promise<void> {
  // Without types, readdir would follow links to folders.
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const files = entries.map((entry) => relative(tree, join(entry.parentPath, entry.name)));
  for (const file of files.filter((path) => !SKIPPED.test(path))) {
    if (/^Kconfig/.test(basename(file))) readKconfig(await readFile(join(tree, file), 'utf8'), tristate);
    if (/^(Makefile|Kbuild)$/.test(basename(file))) readMakefile(await readFile(join(tree, file), 'utf8'), modules);
  }
}

function readKconfig(text: string, tristate: Set<string>): void {
  let option: string | undefined;
  for (const line of text.split('\n')) {
    option = /^\s*(?:menu)?config\s+(\w+)/.exec(line)?.[1] ?? option;
    if (/^\s+(def_)?tristate\b/.test(line) && option !== undefined) tristate.add(option);
  }
}

/** Lines such as `obj-$(CONFIG_OVERLAY_FS) += overlay.o`. */
function readMakefile(text: string, modules: Map<string, Set<string>>): void {
  for (const [, option = '', objects = ''] of text
    .replaceAll('\\\n', ' ')
    .matchAll(/^\s*obj-\$\(CONFIG_(\w+)\)\s*[+:]?=([^#\n]*)/gm)) {
    for (const object of objects.split(/\s+/).filter((word) => /^[\w./-]+\.o$/.test(word))) {
      const names = modules.get(option) ?? new Set();
      modules.set(option, names.add(basename(object, '.o').replaceAll('-', '_')));
    }
  }
}

const modules = new Map<string, Set<string>>();
const tristate = new Set<string>();
for (const tree of process.argv.slice(2)) await readTree(tree, modules, tristate);
const lines = [...modules]
  .filter(([option]) => tristate.has(option))
  .map(([option, names]) => [option, [...names].sort().join(' ')] as const)
  .map(([option, names]) => (names === option.toLowerCase() ? option : `${option} ${names}`))
  .sort();
await writeFile(TARGET, `${HEAD}${lines.join('\n')}\n`);
console.log(`${lines.length} options`);
