import { basename, dirname } from 'node:path/posix';
import type { PatchedFile } from '../../kernels/patches/diff.ts';
import type { FoundSelftest } from '../found.ts';

const SELFTESTS = 'tools/testing/selftests/';

/** The tests that a patch adds: new programs in C and new scripts below tools/testing/selftests. */
export function selftestsIn(files: readonly PatchedFile[], where: string): FoundSelftest[] {
  const kept = files.flatMap(({ before, after, added }) =>
    after === undefined
      ? []
      : [{ path: after, isNew: before === undefined, text: added.map((line) => `${line}\n`).join('') }],
  );
  const tests = kept.filter(({ path, isNew, text }) => isNew && path.startsWith(SELFTESTS) && isTest(path, text));
  return tests.map(({ path, text }) => {
    const folder = dirname(path);
    const beside = kept.filter((one) => dirname(one.path) === folder);
    const headers = beside.filter((one) => one.isNew && one.path.endsWith('.h'));
    return {
      kind: 'selftest',
      text,
      where: `${path} of ${where}`,
      target: folder.slice(SELFTESTS.length),
      isScript: !path.endsWith('.c'),
      makefile: rulesFor(basename(path), beside.find((one) => basename(one.path) === 'Makefile')?.text ?? ''),
      headers: new Map(headers.map((one) => [basename(one.path), one.text])),
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
