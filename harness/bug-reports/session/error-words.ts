/** Words of strerror(3) and of util-linux for an error → its name. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/operation not permitted/i, 'EPERM'],
  [/no such file or directory/i, 'ENOENT'],
  [/no such process/i, 'ESRCH'],
  [/input\/output error/i, 'EIO'],
  [/bad file descriptor/i, 'EBADF'],
  [/resource temporarily unavailable/i, 'EAGAIN'],
  [/cannot allocate memory|out of memory/i, 'ENOMEM'],
  [/permission denied/i, 'EACCES'],
  [/device or resource busy|target is busy|resource busy/i, 'EBUSY'],
  [/file exists/i, 'EEXIST'],
  [/no such device|unknown filesystem type/i, 'ENODEV'],
  [/not a directory/i, 'ENOTDIR'],
  [/is a directory/i, 'EISDIR'],
  [/invalid argument|wrong fs type, bad option|not mounted or bad option|bad option/i, 'EINVAL'],
  [/inappropriate ioctl/i, 'ENOTTY'],
  [/no space left/i, 'ENOSPC'],
  [/read-only file system/i, 'EROFS'],
  [/numerical result out of range/i, 'ERANGE'],
  [/function not implemented/i, 'ENOSYS'],
  [/operation not supported/i, 'EOPNOTSUPP'],
  [/value too large/i, 'EOVERFLOW'],
  [/text file busy/i, 'ETXTBSY'],
  [/stale file handle/i, 'ESTALE'],
  [/disk quota exceeded/i, 'EDQUOT'],
  [/no data available/i, 'ENODATA'],
  [/connection refused/i, 'ECONNREFUSED'],
  [/address already in use/i, 'EADDRINUSE'],
  [/invalid cross-device link/i, 'EXDEV'],
  [/protocol not supported/i, 'EPROTONOSUPPORT'],
];

/** Errors of a machine that lacks something: they say nothing of the bug. */
export const SETUP_ERRORS: readonly string[] = ['EPERM', 'ENOENT', 'EACCES', 'ENODEV', 'ENOSYS', 'EPROTONOSUPPORT'];

/** The names of the errors that a program printed, also where it prints them as names. */
export function errorsIn(lines: readonly string[]): string[] {
  const text = lines.join('\n');
  const words = ERRORS.filter(([pattern]) => pattern.test(text)).map(([, name]) => name);
  const names = text.match(/\bE[A-Z]{3,}\d?\b/g) ?? [];
  return [...new Set([...words, ...names])];
}

/** True for what programs print when they fail. */
export function looksLikeError(lines: readonly string[]): boolean {
  return (
    errorsIn(lines).length > 0 ||
    lines.some((line) =>
      /^(?:Killed|Segmentation fault|Bus error|Aborted)|\b(?:error|failed|cannot|can't)\b/i.test(line),
    )
  );
}
