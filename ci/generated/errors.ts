/** Writes docs/errors.md from the list of error codes (`--write`), or checks that it is up to date. */

import type { ErrorEntry } from '../../harness/errors/codes/entry.ts';
import { ERROR_AREAS } from '../../harness/errors/codes.ts';
import { writeOrCheck } from './page.ts';

const HEAD = `# Error codes

<!-- Written by "npm run format" from harness/errors/codes.ts. -->

Each error of kconform has a code, a blame, a message and, where there is something to do, a hint. \`--debug\` prints the code and
the blame. The blame decides the verdict of a case: blame *kernel* gives FAIL, the others give ERROR, because they say nothing
about the kernel.

| blame | means |
|---|---|
| kernel | the kernel under test failed |
| case | the scenario, the expectation or another file of the author is wrong |
| harness | kconform itself failed |
| host | the machine, its software or the command line is the reason |
`;

function section(area: string, codes: Readonly<Record<string, ErrorEntry>>): string {
  const entries = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.map(
    ([code, { blame, what, fix }]) => `### ${code}\n\n${what} ${fix}\n\nBlame: ${blame.join(', ')}.\n`,
  );
  return `## ${area}\n\n${texts.join('\n')}`;
}

const sections = Object.entries(ERROR_AREAS).map(([area, codes]) => section(area, codes));
writeOrCheck('docs/errors.md', [HEAD, ...sections].join('\n'));
