import type * as z from 'zod';
import type { Fields } from './configuration-schema.ts';

/** What a repository with cases of its own says once, in kconform.config.ts at its root; options of a command go first. */
export type Configuration = Readonly<z.input<typeof Fields>>;

/** `export default configuration({ cases: './cases', kernels: ['6.12.57', '6.12'] })` */
export function configuration(fields: Configuration): Configuration {
  return fields;
}
