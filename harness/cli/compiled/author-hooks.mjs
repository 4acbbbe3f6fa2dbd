// How Node loads scenarios, expectations and configurations from any folder: of another repository, or of no package.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let copy;

/** @param data the folder of the compiled copy, as a URL with a slash at its end */
export function initialize(data) {
  copy = data.copy;
}

/** 'kconform' is the copy that runs, so that the classes of a scenario's descriptors and processes are the same as ours. */
export async function resolve(specifier, context, next) {
  return specifier === 'kconform'
    ? { url: `${copy}index.js`, format: 'module', shortCircuit: true }
    : next(specifier, context);
}

export async function load(url, context, next) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !/\.m?ts$/.test(pathname)) return next(url, context);
  const sourcefile = fileURLToPath(url);
  return { format: 'module', source: await compiled(sourcefile), shortCircuit: true };
}

/** The file as JavaScript. It is kept in the copy under a hash of path and text, because esbuild takes about 50 ms to start. */
async function compiled(sourcefile) {
  const text = readFileSync(sourcefile, 'utf8');
  const folder = fileURLToPath(new URL('authors/', copy));
  const path = join(folder, `${sha256(`${sourcefile}\0${text}`)}.js`);
  const kept = read(path);
  if (kept !== undefined) return kept;
  const { transform } = await import('esbuild');
  const { code } = await transform(text, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile,
    sourcemap: 'inline',
  });
  keep(folder, path, code);
  return code;
}

/** The kept text; undefined where there is none, or its first line is not the hash of the rest. */
function read(path) {
  try {
    const [sum, ...lines] = readFileSync(path, 'utf8').split('\n');
    const code = lines.join('\n');
    return sum === sha256(code) ? code : undefined;
  } catch {
    return undefined; // not kept yet
  }
}

function keep(folder, path, code) {
  try {
    mkdirSync(folder, { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${sha256(code)}\n${code}`);
    renameSync(draft, path);
  } catch {
    // another user made the copy, and we cannot write to it: the file is compiled again the next time
  }
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}
