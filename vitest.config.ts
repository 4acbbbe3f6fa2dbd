import { defineConfig } from 'vitest/config';

/**
 * Files that are not part of npm test: *.full.test.ts need more than a machine for npm test has (a browser, a cluster, a source to be
 * fetched) or take long; ci/test-full runs them. *.nightly.test.ts take longer still; ci/test-nightly runs them.
 */
const LATER = {
  full: ['**/*.nightly.test.ts'],
  nightly: ['**/*.full.test.ts'],
  usual: ['**/*.full.test.ts', '**/*.nightly.test.ts'],
};
const which = process.env.KCONFORM_TESTS ?? 'usual';
const later = Object.entries(LATER).find(([name]) => name === which)?.[1];
if (later === undefined) throw new Error(`KCONFORM_TESTS is ${which}, not one of ${Object.keys(LATER).join(', ')}`);

export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'images/**/*.test.ts', 'cases/**/*.test.ts', 'ci/**/*.test.ts'],
    // It imports JSON as bundlers do, and node does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    exclude: later,
    // A guest under emulation keeps one core busy, and waits for much of its time. More than two at a time exceed limits on two cores.
    maxWorkers: Number(process.env.KCONFORM_TEST_WORKERS ?? 2),
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
