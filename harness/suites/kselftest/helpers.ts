import { posix } from 'node:path';

const MARK = 'kconform-helper:';
const RULE = 'kconform-helpers';

/**
 * Words for make that print what a target installs beside its tests (lib.mk: INSTALL_RULE). A name may be a path below OUTPUT.
 * info(), since echo would need every name quoted.
 */
export const PRINT_HELPERS = [
  `--eval=${RULE}: ; $(foreach one,$(TEST_GEN_FILES) $(TEST_GEN_PROGS_EXTENDED) $(TEST_FILES) $(TEST_PROGS_EXTENDED),$(info ${MARK}$(one)))@:`,
  RULE,
];

/** Reads what {@link PRINT_HELPERS} print: paths below the target's folder. A pattern such as `*.sh` names no file. */
export function readHelpers(output: string, folder: string): string[] {
  const lines = output.split('\n').filter((line) => line.startsWith(MARK));
  const names = lines.map((line) => {
    const path = posix.normalize(line.slice(MARK.length).trim()).replace(/\/$/, '');
    return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  });
  return [...new Set(names)].filter((name) => !/[*?[]|^\.?$/.test(name));
}

/**
 * Whether a test may start or read a helper. In a script: its name as a word, outside comments. In a binary: the string `./NAME`.
 * The name alone is no sign there: 45 programs of mm contain `khugepaged`, a folder in sysfs, and many of net the word `socket`.
 */
export function mentions(content: Buffer, helper: string): boolean {
  const name = posix.basename(helper);
  if (isElf(content)) return content.includes(`./${name}\0`);
  const word = new RegExp(`(?<![\\w.-])${name.replace(/[^\w-]/g, '\\$&')}(?![\\w/-]|\\.\\w)`);
  const lines = content.toString('latin1').split('\n');
  return lines.some((line) => !/^\s*#/.test(line) && word.test(line));
}

function isElf(content: Buffer): boolean {
  return content.subarray(0, 4).toString('latin1') === '\x7fELF';
}
