import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { pathsBelow } from '../../cache/folder-content.ts';
import { planKernels } from '../../kernels/resolve.ts';
import { findCases } from '../discovery/cases.ts';
import type { CaseResult, RunEvent } from '../events.ts';
import type { RunOptions } from '../options.ts';
import { run } from '../run.ts';

/** What one run gave. */
export interface Seen {
  readonly results: ReadonlyMap<string, CaseResult>;
  readonly events: readonly RunEvent[];
  /** Names of the cases that ran, in alphabetical order. */
  readonly ran: readonly string[];
  /** Whether a guest was made possible. */
  readonly hadGuests: boolean;
}

/** Cases in a folder of their own, and a cache that shares all but outcomes. */
export interface ReuseBench {
  /** Writes a file below the folder of cases. */
  write(name: string, text: string): Promise<void>;
  judge(names: readonly string[], options?: Partial<RunOptions>): Promise<Seen>;
  /** Paths of the outcomes that are kept. */
  kept(): Promise<string[]>;
}

/** To be called at the top of a file of tests. */
export function reuseBench(): ReuseBench {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kconform-reuse-'));
    const shared = cachePath();
    await mkdir(join(folder, 'cache/kconform'), { recursive: true });
    for (const name of await readdir(shared))
      if (!['outcomes', 'unstable'].includes(name))
        await symlink(join(shared, name), join(folder, 'cache/kconform', name));
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    await mkdir(join(folder, 'cases'));
    await writeFile(join(folder, 'cases/package.json'), '{"type":"module"}');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    async write(name, text) {
      await mkdir(dirname(join(folder, 'cases', name)), { recursive: true });
      await writeFile(join(folder, 'cases', name), text);
    },
    async judge(names, options = {}) {
      const events: RunEvent[] = [];
      const results = await run({
        kernels: await planKernels(['6.12']),
        cases: await findCases(join(folder, 'cases'), names),
        boot: {},
        accelerator: undefined,
        isolation: 'clone',
        jobs: undefined,
        leaks: false,
        reuse: { read: true, recheck: 0 },
        version: 'test',
        ownOptions: [],
        reporters: [{ on: (event) => void events.push(event) }],
        signal: new AbortController().signal,
        ...options,
      });
      const ran = results.filter(({ reused, case: name }) => reused === undefined && name !== '(boot)');
      return {
        results: new Map(results.map((result) => [result.case, result])),
        events,
        ran: ran.map((result) => result.case).sort(),
        hadGuests: events.some(({ type }) => type === 'kernel-ready'),
      };
    },
    async kept() {
      const outcomes = cachePath('outcomes');
      if (!existsSync(outcomes)) return [];
      const names = await pathsBelow(outcomes);
      return names.filter((name) => /[0-9a-f]{64}\.json$/.test(name)).map((name) => join(outcomes, name));
    },
  };
}

/** The file of the outcome whose transcript or console has that text. */
export async function keptWith(bench: ReuseBench, text: string): Promise<string> {
  for (const path of await bench.kept()) if ((await readFile(path, 'utf8')).includes(text)) return path;
  throw new Error(`no kept outcome has ${text}`);
}

/** expect.ts with that outcome. */
export function expects(outcome: string, more = ''): string {
  return `import { expectation } from 'kconform';
export default expectation({ about: 'a', commit: 'b', ${more} outcome: ${outcome} });\n`;
}
