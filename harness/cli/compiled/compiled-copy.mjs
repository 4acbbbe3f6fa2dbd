// Loading harness/ file by file through a TypeScript loader took 1.5 s of CPU; one compiled copy of it takes 0.3 s.
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
/** One file, with an instance of 'kconform' of its own: a process for authors' files starts with each case. */
const ALONE = { child: 'harness/authors/child.ts' };
/** Not made part of it, and loaded as they are: native code, and what only few commands want. */
const APART = ['esbuild', 'ssh2', 'typescript'];
const CURRENT = join(KEPT, 'current.json');
const DAY_MS = 24 * 60 * 60 * 1000;
/** How coarse the file system's clock may be: what changed this shortly before may change again unseen. */
const CLOCK_TICK_MS = 20;

/**
 * The folder of the compiled copy, as a URL with a slash at its end. The one kept from an earlier start is used while each
 * file that went into it and each of its own is still the same: inode, size, and change time, which no tool can set.
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
    return undefined; // there is none, or it lacks something
  }
}

function identity(path) {
  const { ino, size, ctimeMs } = statSync(path);
  return `${ino} ${size} ${ctimeMs}`;
}

/** Two processes may do this at once: each makes a folder of its own, and the name of the last one is kept. */
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

/** Where node_modules cannot be written, one for this process alone. */
function newFolder() {
  try {
    mkdirSync(KEPT, { recursive: true });
    const folder = mkdtempSync(join(KEPT, 'copy-'));
    chmodSync(folder, 0o755); // for other users of the same project, who cannot make one
    return { folder, kept: true };
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'kconform-copy-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return { folder, kept: false };
  }
}

/** Returns the files that went into the copy and those it consists of. */
async function compile(folder) {
  const { build } = await import('esbuild'); // only here: it takes some time to load
  const apart = {
    name: 'apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`^(${APART.join('|')})$`) }, ({ path }) => ({
        path: import.meta.resolve(path),
        external: true,
      })),
  };
  /** A file of ours looks for its neighbours where it was written, not where its copy lies. */
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
    // What is CommonJS among the packages asks for node's own modules with it.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  };
  const built = await Promise.all([
    build({ ...options, entryPoints: ENTRIES, splitting: true }),
    build({ ...options, entryPoints: ALONE }),
  ]);
  const inside = built
    .flatMap(({ metafile }) => [...Object.keys(metafile.inputs), ...Object.keys(metafile.outputs)])
    .map((path) => join(ROOT, path));
  const besides = APART.map((name) => fileURLToPath(import.meta.resolve(name)));
  const manifests = ['package.json', 'tsconfig.json'].map((name) => join(ROOT, name));
  return [...inside, ...besides, ...manifests, fileURLToPath(import.meta.url)];
}

/** A process that started with an older copy may still want parts of it. */
function removeOld(current) {
  for (const name of readdirSync(KEPT)) {
    const path = join(KEPT, name);
    const since = Date.now() - (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Date.now());
    if (name.startsWith('copy-') && name !== current && since > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}
