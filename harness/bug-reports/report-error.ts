import { KconformError } from '../errors/error.ts';

/** A report that cannot be read, or that contains nothing that can be run. */
export function reportError(message: string, hint: string, cause?: unknown): KconformError {
  return new KconformError(message, { code: 'KC_REPORT', blame: 'case', hint, cause });
}
