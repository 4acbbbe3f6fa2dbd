import { KconformError } from '../../errors/error.ts';

/** What compilers, linkers, rsync and shells print; `gcc: fatal error: Killed signal terminated program cc1`. */
const KILLED = /\bKilled$|\bKilled signal\b|\[Killed\]|\d Killed\s/;
const NO_MEMORY = /Cannot allocate memory|out of memory allocating|virtual memory exhausted/;
const NO_SPACE = /No space left on device|Disk quota exceeded/;
/** gcc quotes the source: `  111 | puts("Killed");`. */
const QUOTED_SOURCE = /^\s*\d* \|/;

/**
 * The error of a host on which a build was cut short. Without it, the programs that are missing would look as if they did not compile.
 * @param output of make or another tool
 */
export function hostFailure(output: string): KconformError | undefined {
  const lines = output.split('\n').filter((line) => !QUOTED_SOURCE.test(line));
  const full = lines.find((line) => NO_SPACE.test(line));
  if (full !== undefined) {
    return new KconformError('the disk is full: tests could not be built', {
      code: 'KC_DISK_FULL',
      blame: 'host',
      hint: 'free some space (npx kconform cache --prune), or set XDG_CACHE_HOME and TMPDIR to folders on another disk',
      evidence: { output: full },
    });
  }
  const short = lines.find((line) => KILLED.test(line) || NO_MEMORY.test(line));
  if (short === undefined) return undefined;
  return new KconformError('a compiler was killed or had no memory: tests could not be built', {
    code: 'KC_HOST_LIMIT',
    blame: 'host',
    hint: 'out of memory, most likely: free some, raise the limit (ulimit -v unlimited, or that of the container), and run again',
    evidence: { output: short },
  });
}
