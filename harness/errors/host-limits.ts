/** What the host refuses, by the code of the failed system call, and what to do about it. */
const BY_CODE: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files: raise the limit (ulimit -n 1024), or run fewer guests at once (--jobs 1)',
  ENFILE: 'too many open files on this machine: raise fs.file-max (sysctl)',
  ENOMEM: 'out of memory: free some, raise the limit (ulimit -v unlimited), or run fewer guests at once (--jobs 1)',
  EAGAIN: 'too many processes: raise the limit (ulimit -u), or run fewer guests at once (--jobs 1)',
  ENOSPC: 'the disk is full: free some space; TMPDIR names the folder for temporary files',
  EDQUOT: 'the disk quota is used up: free some space; TMPDIR names the folder for temporary files',
  EFBIG: 'a file is larger than allowed: raise the limit (ulimit -f unlimited)',
};

/** The messages of Node and esbuild when memory is exhausted. */
const OUT_OF_MEMORY =
  /WebAssembly\.\w+\(\): Out of memory|^The service (was stopped|is no longer running)|ENOMEM|Cannot allocate memory/;

/** What to do about an error by which this machine refuses files, memory, processes or space; undefined for every other. */
export function hostLimitHint(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (OUT_OF_MEMORY.test(thrown.message)) return BY_CODE.ENOMEM;
  if (!('syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string')) return undefined;
  return Object.hasOwn(BY_CODE, thrown.code) ? BY_CODE[thrown.code] : undefined;
}
