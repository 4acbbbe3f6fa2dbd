import { KconformError } from '../../errors/error.ts';

/** A program that cannot be run as it is described. */
export function programError(message: string, hint: string): KconformError {
  return new KconformError(message, { code: 'KC_PROGRAM', blame: 'case', hint });
}
