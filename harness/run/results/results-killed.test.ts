import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readResults } from './results-file.ts';

/** Writes results without end, as fast as it can. */
const WRITER = `
  import { ResultsReporter } from ${JSON.stringify(join(import.meta.dirname, 'results.ts'))};
  import { sampleRun } from ${JSON.stringify(join(import.meta.dirname, '../../report/sample-run.ts'))};
  const reporter = new ResultsReporter(process.argv[1]);
  await reporter.on(sampleRun[0]);
  const finished = sampleRun.find(({ type }) => type === 'case-finished');
  for (let number = 0; ; number++) {
    const result = { ...finished.result, case: 'case-' + number };
    await reporter.on({ ...finished, result, console: 'x'.repeat(100_000) });
    process.stdout.write(number + '\\n');
  }`;

test('whenever a run is killed its results are complete, and no reported verdict is lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kconform-killed-'));
  try {
    for (let round = 0; round < 8; round++) {
      const out = join(folder, String(round));
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', WRITER, out], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = '';
      child.stdout.on('data', (text) => {
        told += text;
      });
      await once(child.stdout, 'data');
      await sleep(round * 7 + Math.random() * 30);
      child.kill('SIGKILL');
      await once(child, 'close');
      const { results, run } = await readResults(out);
      expect(run.state).toBe('running');
      expect(results.length).toBeGreaterThanOrEqual(told.trim().split('\n').length);
      for (const { kernel, case: name } of results)
        expect(existsSync(join(out, kernel.id, name, 'console.log'))).toBe(true);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
