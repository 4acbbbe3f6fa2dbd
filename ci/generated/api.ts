/**
 * Writes docs/api.md from the docstrings of the public entry point (`--write`); without, a page that is not what the source says
 * fails, as does an exported name without a docstring. Run by `npm run check`, and by `npm run format`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ApiEntry } from './api-entry.ts';

const ENTRY = fileURLToPath(new URL('../../harness/index.ts', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/api.md', import.meta.url));

const KERNEL_INTERFACES = [
  'futex',
  'ioUring',
  'keys',
  'landlock',
  'memory',
  'mountInfo',
  'netlink',
  'notify',
  'perf',
  'pidfd',
  'seccomp',
  'sockets',
  'time',
  'userfault',
];

/** Sections of the page by the folder or file that declares a name; what fits none stands under the last. */
const SECTIONS: readonly (readonly [title: string, file: RegExp])[] = [
  ['Scenarios and the guest', /scenario\/api\/(scenario|guest)\.ts$|expect\/outcome\.ts$/],
  ['Expectations', /expect\/(?!matchers)/],
  ['Matchers', /expect\/matchers\//],
  ['Processes', /scenario\/api\/(process|spawn|each)\.ts$/],
  ['System calls', /scenario\/(agent|api\/(fd|result|stat|race))/],
  ['Constants of system calls', /constants\.ts$|signals\.ts$/],
  ['bpf', /^bpf$/],
  ['instruction', /^instruction$/],
  ['Structures of the kernel', /scenario\/uapi\/struct\.ts$/],
  ['Interfaces of the kernel', new RegExp(`^(${KERNEL_INTERFACES.join('|')})$`)],
  ['Mutants', /^harness\/prove\//],
  ['Configuration', /./],
];

/** The text below the heading of a section. */
const INTRODUCTIONS: Readonly<Record<string, string>> = {
  bpf: 'Exported as one name: `bpf.mapCreate`, `bpf.CMD.MAP_CREATE`.',
  'Interfaces of the kernel':
    'Exported by groups: `landlock.createRuleset`, `ioUring.SQE`. Structures have the names of the headers, in capitals; constants have theirs, without the prefix. A builder returns one system call for `batch` or `errnos`.',
  instruction: 'Exported as one name: `instruction.move(0, 0)`. A builder returns the bytes of one instruction.',
};

const program = ts.createProgram([ENTRY], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
});
const checker = program.getTypeChecker();
const faults: string[] = [];

function entriesOf(file: ts.Node | undefined, prefix = ''): ApiEntry[] {
  const symbol = file && checker.getSymbolAtLocation(file);
  if (symbol === undefined) throw new Error(`${ENTRY} exports nothing`);
  return checker.getExportsOfModule(symbol).flatMap((exported) => {
    const target = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
    const [declaration] = target.declarations ?? [];
    if (declaration === undefined) throw new Error(`${exported.name} is declared nowhere`);
    if (ts.isSourceFile(declaration)) return entriesOf(declaration, exported.name);
    return [new ApiEntry(checker, target, exported.name, prefix)];
  });
}

const entries = entriesOf(program.getSourceFile(ENTRY));
for (const entry of entries) faults.push(...entry.faults());
const sections = new Map(SECTIONS.map(([title]): [string, ApiEntry[]] => [title, []]));
for (const entry of entries) {
  const title = SECTIONS.find(([, file]) => file.test(entry.prefix === '' ? entry.file : entry.prefix))?.[0] ?? '';
  sections.get(title)?.push(entry);
}
const page = [
  '# The public API',
  '',
  "What `import { … } from 'kconform'` gives to scenario.ts, expect.ts and kconform.config.ts. Written by `npm run format`",
  'from the docstrings in harness/. [How to write a case](authoring.md) shows how the parts are used.',
  ...[...sections].flatMap(([title, list]) => [
    '',
    `## ${title}`,
    ...(title in INTRODUCTIONS ? ['', INTRODUCTIONS[title] ?? ''] : []),
    ...list.flatMap((entry) => entry.lines()),
  ]),
  '',
].join('\n');

if (process.argv.includes('--write')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page)
  faults.push('docs/api.md is not what the docstrings say; "npm run format" writes it anew');
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
