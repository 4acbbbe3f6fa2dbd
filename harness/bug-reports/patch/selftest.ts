import { basename, dirname } from 'node:path/posix';
import type { FoundSelftest } from '../found.ts';
import type { PatchedFile } from './unified-diff.ts';

const SELFTESTS = 'tools/testing/selftests/';

/** The tests that a patch adds: new programs in C and new scripts below tools/testing/selftests. */
export function selftestsIn(files: readonly PatchedFile[], where: string): FoundSelftest[] {
  const tests = files.filter(({ path, isNew, added }) => isNew && path.startsWith(SELFTESTS) && isTest(path, added));
  return tests.map(({ path, added }) => {
    const folder = dirname(path);
    const beside = files.filter((one) => dirname(one.path) === folder);
    const headers = beside.filter((one) => one.isNew && one.path.endsWith('.h'));
    return {
      kind: 'selftest',
      text: added,
      where: `${path} of ${where}`,
      target: folder.slice(SELFTESTS.length),
      isScript: !path.endsWith('.c'),
      makefile: rulesFor(basename(path), beside.find((one) => basename(one.path) === 'Makefile')?.added ?? ''),
      headers: new Map(headers.map((one) => [basename(one.path), one.added])),
    };
  });
}

function isTest(path: string, text: string): boolean {
  if (path.endsWith('.c')) return /^TEST_HARNESS_MAIN\b|(?:^|[\s*])main\s*\(/m.test(text);
  return /^#!/.test(text);
}

/** The lines of a Makefile that are about all programs, or about this one. */
function rulesFor(name: string, makefile: string): string {
  const program = name.replace(/\.c$/, '');
  return makefile
    .split('\n')
    .filter((line) => !/^\$\(OUTPUT\)\/\S+:/.test(line) || line.startsWith(`$(OUTPUT)/${program}:`))
    .join('\n');
}
