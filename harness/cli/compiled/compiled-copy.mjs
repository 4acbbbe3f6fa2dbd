// Makes and finds the compiled copy of harness/: see README.md in this folder.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const KEPT = join(ROOT, 'node_modules/.cache/kconform');
const ENTRIES = {
  main: 'harness/cli/main.ts',
  index: 'harness/index.ts',
  'author-files': 'harness/scenario/forms/author-files.ts',
  copy: 'harness/authors/copy.ts',
};
/** One file with its own instance of 'kconform', so that it starts quickly: such a process starts for each case. */
const ALONE = { child: 'harness/authors/child.ts' };
/** What decides how a case is observed; see observingCode. */
const OBSERVERS = [
  'harness/authors/child.ts',
  'harness/authors/prepared.ts',
  'harness/authors/scenarios.ts',
  'harness/run/case/observe-case.ts',
  'harness/run/environment.ts',
  'harness/scenario/programs/program-scenario.ts',
  'harness/suites/scenario.ts',
];
/** Packages that are loaded as they are: native code, and packages that few commands need. */
const APART = ['esbuild', 'ssh2', 'typescript'];
const CURRENT = join(KEPT, 'current.json');
const DAY_MS = 24 * 60 * 60 * 1000;
/** Time stamps of the file system may be this coarse: a file that changed a shorter time ago may change again unnoticed. */
const CLOCK_TICK_MS = 20;

/**
 * The folder of the compiled copy, as a URL with a slash at its end. The copy of an earlier start is used while its own files and the
 * files that went into it are the same: inode, size, and change time, which no program can set.
 */
export async function compiledCopy() {
  return pathToFileURL(`${keptCopy() ?? (await makeCopy())}/`).href;
}

function keptCopy() {
  try {
    const { root, node, folder, files } = JSON.parse(readFileSync(CURRENT, 'utf8'));
    const same = root === ROOT && node === process.version;
    return same && files.every(([path, seen]) => seen === identity(path)) ? folder : undefined;
  } catch {
    return undefined; // there is no copy, or it is damaged
  }
}

function identity(path) {
  const { ino, size, ctimeMs } = statSync(path);
  return `${ino} ${size} ${ctimeMs}`;
}

/** Several processes may do this at once: each makes a folder of its own, and the last one is kept. */
async function makeCopy() {
  const startedAt = Date.now();
  const { folder, kept } = newFolder();
  const files = await compile(folder);
  if (kept && files.every((path) => statSync(path).ctimeMs < startedAt - CLOCK_TICK_MS || path.startsWith(folder))) {
    const list = files.map((path) => [path, identity(path)]);
    const draft = `${folder}.json`;
    writeFileSync(draft, JSON.stringify({ root: ROOT, node: process.version, folder, files: list }));
    renameSync(draft, CURRENT);
    removeOld(basename(folder));
  }
  return folder;
}

/** A new folder; in the temporary folder, for this process alone, where node_modules cannot be written. */
function newFolder() {
  try {
    mkdirSync(KEPT, { recursive: true });
    const folder = mkdtempSync(join(KEPT, 'copy-'));
    chmodSync(folder, 0o755); // for other users of the same project, who cannot make a copy here
    return { folder, kept: true };
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'kconform-copy-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return { folder, kept: false };
  }
}

/** Compiles harness/ into the folder. @returns the files that went into the copy and the files of the copy */
async function compile(folder) {
  const { build } = await import('esbuild'); // loaded only when needed: it takes some time
  const apart = {
    name: 'apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`^(${APART.join('|')})$`) }, ({ path }) => ({
        path: import.meta.resolve(path),
        external: true,
      })),
  };
  /** import.meta.url stays that of the source file, so that a file finds its neighbours. */
  const place = {
    name: 'place',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const own = JSON.stringify(pathToFileURL(path).href);
        return { loader: 'ts', contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', own) };
      }),
  };
  const options = {
    outdir: folder,
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [apart, place],
    // CommonJS packages call require() for Node's own modules.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  };
  const built = await Promise.all([
    build({ ...options, entryPoints: ENTRIES, splitting: true }),
    build({ ...options, entryPoints: ALONE }),
  ]);
  const { metafile } = await build({ ...options, entryPoints: OBSERVERS, write: false });
  const observing = observingCode(Object.keys(metafile.inputs));
  writeFileSync(join(folder, 'observing.json'), JSON.stringify(observing));
  const inside = built
    .flatMap(({ metafile }) => [...Object.keys(metafile.inputs), ...Object.keys(metafile.outputs)])
    .map((path) => join(ROOT, path));
  const besides = APART.map((name) => fileURLToPath(import.meta.resolve(name)));
  const manifests = ['package.json', 'tsconfig.json'].map((name) => join(ROOT, name));
  return [...inside, join(folder, 'observing.json'), ...besides, ...manifests, fileURLToPath(import.meta.url)];
}

/**
 * All code that what is observed of a case depends on, as a hash, with the names of its files: outcomes that are kept are worthless once it
 * is other code. The judge is no part of it, as what was observed is judged anew.
 */
function observingCode(names) {
  const files = names.sort();
  const hash = createHash('sha256').update(JSON.stringify(APART.map(versionOf)));
  for (const name of files) hash.update(`${name}\0`).update(readFileSync(join(ROOT, name)));
  return { hash: hash.digest('hex'), files };
}

/** Of a package, which stands here or in a folder above. */
function versionOf(name) {
  const file = fileURLToPath(import.meta.resolve(name));
  const folder = file.slice(0, file.lastIndexOf(`/node_modules/${name}/`));
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Removes old copies, but not young ones: a process that runs one may still load parts of it. */
function removeOld(current) {
  for (const name of readdirSync(KEPT)) {
    const path = join(KEPT, name);
    const since = Date.now() - (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Date.now());
    if (name.startsWith('copy-') && name !== current && since > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}
