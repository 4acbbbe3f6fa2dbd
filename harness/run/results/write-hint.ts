/**
 * What to do about a file that could not be written.
 * @param option the option that named it: `--out`
 * @param wanted what to give that option where the path is at fault
 */
export function writeHint(cause: unknown, option: string, wanted: string): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC') return `The disk is full: free some space, or give ${option} a path on another disk.`;
  if (code === 'EDQUOT') return `The disk quota is used up: free some space, or give ${option} a path on another disk.`;
  if (code === 'EFBIG')
    return 'The file is larger than allowed: raise the limit on the size of files (ulimit -f unlimited), or use another file system.';
  if (code === 'EMFILE' || code === 'ENFILE')
    return 'Too many files are open: raise the limit (ulimit -n 1024), or run fewer guests at once (--jobs 1).';
  if (code === 'EIO')
    return `The disk reports an input/output error: check it, or give ${option} a path on another disk.`;
  return `Give ${option} ${wanted}.`;
}
