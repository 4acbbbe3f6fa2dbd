/** What a Makefile gives the compiler. */
export interface MakefileFlags {
  readonly flags: readonly string[];
  readonly libraries: readonly string[];
  /** Folders with headers, relative to the folder of the Makefile; `top/` stands for the top of the source. */
  readonly include: readonly string[];
}

const ASSIGNMENT = /^(?:\$\(OUTPUT\)\/\S+:\s*)?(?:override\s+)?(?:CFLAGS|LDLIBS|LDFLAGS|CPPFLAGS)\s*[+:]?=\s*(.*)$/gm;
/** Options that name no file and run no program. */
const FLAG =
  /^-(?:O[0-3sg]?|D\w+(?:=[\w.-]*)?|std=[\w+]+|W(?!l,|p,|a,|rapper)[\w=+-]*|g|pthread|static|m[\w=.-]+|fno-[\w-]+|fopenmp)$/;

/** The options in a Makefile of the selftests, as far as they name no file outside the source. */
export function makefileFlags(makefile: string): MakefileFlags {
  const joined = makefile.replaceAll(/\\\n/g, ' ');
  const words = [...joined.matchAll(ASSIGNMENT)].flatMap(([, value = '']) => value.split(/\s+/));
  const folders = words.flatMap((word) => /^-I(.+)$/.exec(word)?.[1] ?? []);
  return {
    flags: words.filter((word) => FLAG.test(word)),
    libraries: words.flatMap((word) => /^-l([\w+-]+)$/.exec(word)?.[1] ?? []),
    include: folders.flatMap((path) => {
      const known = path.replace(/^\$[({](?:top_srcdir|KERNELDIR)[)}]/, 'top');
      return /^(?:\.\.?|top)(?:\/[\w.-]+)*\/?$/.test(known) ? [known] : [];
    }),
  };
}
