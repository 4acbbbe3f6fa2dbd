import type * as z from 'zod';
import type { Fields, Kernels } from './configuration-schema.ts';

/** The settings in kconform.config.ts at the root of a repository with cases. Options of a command take precedence. */
export interface Configuration extends Readonly<Omit<z.input<typeof Fields>, 'kernels'>> {
  /** What --kernel would name; with apt repositories of other kernels, `{ default: ['6.12'], sources: [{ name: 'ubuntu', … }] }`. */
  readonly kernels?: readonly string[] | Kernels;
}

/** `export default configuration({ cases: './cases', kernels: ['6.12.57', '6.12'] })` */
export function configuration(fields: Configuration): Configuration {
  return fields;
}
