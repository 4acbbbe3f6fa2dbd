import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildFailure, Message, Plugin } from 'esbuild';
import * as z from 'zod';
import { scratchFolder } from '../cache/scratch-folder.ts';
import { KconformError } from '../errors/error.ts';
import { copyOfHarness } from './copy.ts';

/** A TypeScript file of an author with all TypeScript that it imports, as one JavaScript file that node can import. */
export interface Compiled {
  /** The author's file; absolute. */
  readonly source: string;
  readonly file: string;
  /** Names of its exports. */
  readonly exports: readonly string[];
  /** Path → SHA-256 of each TypeScript file in it. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What it imports besides: modules of node by their names, other files by their addresses, {@link COMPUTED}. */
  readonly outside: readonly string[];
  /** Whether it asks where its own file is (import.meta). */
  readonly usesPlace: boolean;
}

/** Stands for an import of what the file computes while it runs. */
export const COMPUTED = 'import(…)';

const Kept = z.object({
  file: z.string(),
  exports: z.array(z.string()),
  /** Path → hash of each file that went into it. */
  inputs: z.record(z.string(), z.string()),
  outside: z.array(z.string()),
  usesPlace: z.boolean(),
});
type Kept = z.infer<typeof Kept>;

/** Compiled files are kept in the compiled copy of harness/: esbuild takes some 50 ms to start. */
export class AuthorCompiler {
  readonly #copy: string;
  readonly #hashes = new Map<string, string | undefined>();

  private constructor(copy: string) {
    this.#copy = copy;
  }

  /** For one command: a file that changes while one is in use is not read again. */
  static async create(): Promise<AuthorCompiler> {
    return new AuthorCompiler(await copyOfHarness());
  }

  /** @throws KC_CASE_BROKEN (case) with file, line and column of the first fault */
  async compile(file: string): Promise<Compiled> {
    const source = resolve(file);
    const folder = fileURLToPath(new URL('authors/', this.#copy));
    const record = join(folder, `${sha256(source)}.json`);
    return { source, ...(this.#read(record) ?? (await this.#build(source, folder))) };
  }

  #read(record: string): Kept | undefined {
    try {
      const kept = Kept.parse(JSON.parse(readFileSync(record, 'utf8')));
      const same = Object.entries(kept.inputs).every(([path, hash]) => this.#hash(path) === hash);
      return same && sha256(readFileSync(kept.file)) === nameOf(kept.file) ? kept : undefined;
    } catch {
      return undefined; // not there yet, or not whole
    }
  }

  #hash(path: string): string | undefined {
    if (!this.#hashes.has(path)) this.#hashes.set(path, sha256(readFileSync(path)));
    return this.#hashes.get(path);
  }

  async #build(source: string, folder: string): Promise<Kept> {
    const seen = new SeenImports();
    const { code, exports } = await bundle(source, folder, this.#copy, seen);
    const facts = { inputs: seen.inputs, outside: [...seen.outside].sort(), usesPlace: seen.usesPlace };
    const kept = (where: string) => ({ file: join(where, `${sha256(code)}.mjs`), exports, ...facts });
    try {
      mkdirSync(folder, { recursive: true });
      replace(kept(folder).file, code);
      replace(join(folder, `${sha256(source)}.json`), JSON.stringify(kept(folder)));
      return kept(folder);
    } catch {
      // The copy was made by another user: for this process alone.
      const own = temporaryFolder();
      replace(kept(own).file, code);
      return kept(own);
    }
  }
}

/** What goes into a file while it is compiled. */
class SeenImports {
  readonly inputs: Record<string, string> = {};
  readonly outside = new Set<string>();
  usesPlace = false;

  read(path: string, text: string): void {
    this.inputs[path] = sha256(text);
    this.usesPlace ||= /\bimport\.meta\b/.test(text);
    // Also in a comment or a text: an outcome that is not used again costs time alone.
    if (/\bimport\s*\((?!\s*(["'])[^"'`]*\1\s*[,)])/.test(text)) this.outside.add(COMPUTED);
  }
}

let temporary: string | undefined;

function temporaryFolder(): string {
  if (temporary === undefined) {
    const folder = scratchFolder('kconform-authors-');
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    temporary = folder;
  }
  return temporary;
}

function replace(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf(sep) + 1).replace(/\.mjs$/, '');
}

async function bundle(
  source: string,
  folder: string,
  copy: string,
  seen: SeenImports,
): Promise<{ code: string; exports: string[] }> {
  const { build } = await import('esbuild'); // only here: it takes some time to load
  const api: unknown = await import(`${copy}index.js`);
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [source],
      outfile: join(folder, 'compiled.mjs'), // source maps name the sources from here
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      tsconfigRaw: {}, // the author's compiler checks; this one only takes the types away
      plugins: [imports(Object.keys(Object(api)), `${copy}child.js`, seen), typescript(seen)],
    });
    const [output] = Object.values(metafile.outputs);
    const code = outputFiles[0]?.text;
    if (code === undefined || output === undefined) throw new TypeError('esbuild gave no output');
    return { code, exports: output.exports };
  } catch (error) {
    if (isBuildFailure(error)) throw broken(error.errors, error);
    throw error;
  }
}

const KCONFORM = 'kconform';

/**
 * TypeScript goes into the bundle; all else is left to node, which imports it from where it stands. The names of 'kconform' are
 * given to esbuild, so that a misspelt one is an error with file and line.
 */
/** @param own the file that the process for authors' files runs, which exports what 'kconform' does */
function imports(names: readonly string[], own: string, { outside }: SeenImports): Plugin {
  return {
    name: 'imports',
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: KCONFORM }, () => ({
        contents: [
          `import * as all from ${JSON.stringify(own)};`,
          ...names.map((name) => `export const ${name} = all.withKnownNames('${name}', all.${name});`),
        ].join('\n'),
      }));
      build.onResolve({ filter: /.*/ }, async ({ path, resolveDir, kind, pluginData, importer }) => {
        if (kind === 'entry-point' || pluginData === LOOKING) return undefined;
        if (path === KCONFORM) return { path: KCONFORM, namespace: KCONFORM };
        if (path === own) return { path, external: true };
        if (isBuiltin(path)) {
          outside.add(path.startsWith('node:') ? path : `node:${path}`);
          return { path, external: true };
        }
        const found = await build.resolve(path, { resolveDir, kind, importer, pluginData: LOOKING });
        if (found.errors.length > 0 || (!found.external && /\.m?ts$/.test(found.path))) return found;
        const address = found.external ? found.path : pathToFileURL(found.path).href;
        outside.add(address);
        return found.external ? found : { path: address, external: true };
      });
    },
  };
}

const LOOKING = {};

/** import.meta has the path of the source file, not that of the compiled file. */
function typescript(seen: SeenImports): Plugin {
  return {
    name: 'typescript',
    setup(build) {
      build.onLoad({ filter: /\.m?ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        seen.read(path, text);
        if (!/\bimport\.meta\b/.test(text)) return { contents: text, loader: 'ts' };
        const place = JSON.stringify({ url: pathToFileURL(path).href, filename: path, dirname: dirname(path) });
        // Behind all else, so that lines keep their numbers.
        const contents = `${text.replaceAll(/\bimport\.meta\b/g, 'importMeta()')}\nfunction importMeta() { return ${place}; }`;
        return { contents, loader: 'ts' };
      });
    },
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function broken(errors: readonly Message[], cause: unknown): KconformError {
  const [first] = errors;
  const suggestion = first?.location?.suggestion;
  return new KconformError(first === undefined ? 'esbuild gave no error' : textOf(first), {
    code: 'KC_CASE_BROKEN',
    blame: 'case',
    // Of a syntax error, esbuild suggests the character that it expected.
    hint: /\w{2}/.test(suggestion ?? '') ? `did you mean ${suggestion}?` : 'npx tsc --noEmit shows all errors',
    ...(errors.length > 1 ? { evidence: { output: errors.map(textOf).join('\n') } } : {}),
    cause,
  });
}

function textOf({ text, location }: Message): string {
  const missing = /^No matching export in "(?:kconform:)?([^"]+)" for import "(.*)"$/.exec(text);
  const what = missing === null ? text : `${missing[1]} exports no ${missing[2]}`;
  if (location === null) return what;
  const file = resolve(location.file).split(sep).slice(-2).join(sep);
  return `${file}:${location.line}:${location.column + 1}: ERROR: ${what}`;
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
