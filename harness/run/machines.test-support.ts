import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planKernels } from '../kernels/resolve.ts';
import type { Machine } from '../machine/machine.ts';
import { findCases } from './discovery/cases.ts';
import type { CaseResult } from './events.ts';
import { run } from './run.ts';

/** A case in two texts: its scenario, by the name of its file, and the fields of its expectation. */
export interface CaseText {
  readonly scenario: readonly [name: string, text: string];
  readonly expect: string;
}

/** The results of cases, by their names, on a kernel. */
export async function judgeTexts(
  cases: Readonly<Record<string, CaseText>>,
  { options, kernel = '6.12' }: { readonly options?: Machine; readonly kernel?: string } = {},
): Promise<ReadonlyMap<string, CaseResult>> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-machines-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const [name, { scenario, expect: text }] of Object.entries(cases)) {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, scenario[0]), scenario[1]);
      const lines = [
        "import { expectation } from 'kconform';",
        `export default expectation({ about: 'a', commit: 'b', ${text} });`,
      ];
      await writeFile(join(folder, name, 'expect.ts'), `${lines.join('\n')}\n`);
    }
    const results = await run({
      kernels: await planKernels([kernel]),
      cases: await findCases(folder, [], { options }),
      boot: {},
      accelerator: undefined,
      isolation: 'clone',
      jobs: undefined,
      leaks: false,
      version: 'test',
      ownOptions: [],
      reporters: [],
      signal: new AbortController().signal,
    });
    return new Map(results.map((result) => [result.case, result]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `PASS`, or the verdict with its reason, by the name of the case. */
export function verdictsOf(results: ReadonlyMap<string, CaseResult>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...results.values()].map(({ case: name, verdict, reason }) => [name, [verdict, reason].filter(Boolean).join(' ')]),
  );
}
