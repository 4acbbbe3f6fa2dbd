import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type * as z from 'zod';
import { loadAuthorFile } from '../../authors/load.ts';
import { KconformError } from '../../errors/error.ts';
import type { KernelSource } from '../../kernels/sources/declaration.ts';
import { withAbsolutePaths } from '../../machine/machine.ts';
import type { Configuration } from './configuration.ts';
import { Fields } from './configuration-schema.ts';

const FILE = 'kconform.config.ts';

/** A configuration that was read. */
export interface FoundConfiguration extends Omit<Configuration, 'kernels'> {
  /** What --kernel would name. */
  readonly kernels?: readonly string[];
  /** The apt repositories that publish kernels besides Debian's. */
  readonly sources?: readonly KernelSource[];
}

/**
 * The configuration of the folder, or of the nearest one above that has one; its paths made absolute.
 * @throws KC_CONFIGURATION (host) with each fault in it
 */
export async function findConfiguration(folder: string): Promise<FoundConfiguration> {
  const file = nearest(folder);
  if (file === undefined) return {};
  const { cases, out, kernels, machine, ...rest } = await read(file);
  const absolute = (path: string) => resolve(dirname(file), path);
  const { default: specs, sources = [] } = kernels ?? {};
  return {
    ...rest,
    ...(machine === undefined ? {} : { machine: withAbsolutePaths(machine, absolute) }),
    ...(cases === undefined ? {} : { cases: absolute(cases) }),
    ...(out === undefined ? {} : { out: absolute(out) }),
    ...(specs === undefined ? {} : { kernels: specs }),
    ...(sources.length === 0 ? {} : { sources: sources.map((source) => withAbsoluteKey(source, absolute)) }),
  };
}

function withAbsoluteKey(source: KernelSource, absolute: (path: string) => string): KernelSource {
  const key = source.fields.get('Signed-By');
  if (key === undefined || key.startsWith('-----BEGIN')) return source;
  return { ...source, fields: new Map([...source.fields, ['Signed-By', absolute(key)]]) };
}

function nearest(folder: string): string | undefined {
  const file = join(folder, FILE);
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : nearest(dirname(folder));
}

async function read(file: string): Promise<z.infer<typeof Fields>> {
  let fields: unknown;
  try {
    fields = await loadAuthorFile(file);
  } catch (cause) {
    throw faulty(`${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const parsed = Fields.safeParse(fields);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw faulty(`${file} is not a configuration: ${faults.join('; ')}`, parsed.error);
}

function faulty(message: string, cause: unknown): KconformError {
  return new KconformError(message, {
    code: 'KC_CONFIGURATION',
    blame: 'host',
    hint: "export default configuration({ cases: './cases', kernels: ['6.12'] })",
    cause,
  });
}
