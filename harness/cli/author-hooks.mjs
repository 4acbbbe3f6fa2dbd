// How node loads scenarios, expectations and configurations, wherever they stand: in another repository, or in no package at all.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

let kconform;

export function initialize(data) {
  kconform = data.kconform;
}

/** 'kconform' is the very copy that runs: a scenario's descriptors and processes are told by their classes. */
export async function resolve(specifier, context, next) {
  return specifier === 'kconform' ? { url: kconform, format: 'module', shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !/\.m?ts$/.test(pathname)) return next(url, context);
  const sourcefile = fileURLToPath(url);
  const text = await readFile(sourcefile, 'utf8');
  const { code } = await transform(text, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile,
    sourcemap: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
