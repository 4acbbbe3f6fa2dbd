import type * as z from 'zod';
import type { Fields } from './configuration-schema.ts';

/** The settings in kconform.config.ts at the root of a repository with cases. Options of a command take precedence. */
export type Configuration = Readonly<z.input<typeof Fields>>;

/** `export default configuration({ cases: './cases', kernels: ['6.12.57', '6.12'] })` */
export function configuration(fields: Configuration): Configuration {
  return fields;
}
