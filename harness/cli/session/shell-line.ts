import { quote } from '../../scenario/api/guest.ts';

/**
 * A line for the guest's shell: the user's own, or their words quoted; without words a shell, for a person one whose prompt names the
 * kernel.
 * @param prompt the version of the kernel; undefined where no person reads it
 */
export function commandOf(words: readonly string[], prompt: string | undefined): string {
  const [only, another] = words;
  if (only === undefined) return prompt === undefined ? 'exec sh' : `PS1=${quote(`${prompt}:\\w# `)} exec sh -i`;
  return another === undefined ? only : quote(words);
}
