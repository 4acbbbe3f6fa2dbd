import { defineConfig } from 'vitest/config';

/** What needs more than a machine for npm test has: a browser, a cluster, a source to be fetched. Run by ci/test-full. */
const full = process.env.KCONFORM_TESTS === 'full';
/** What takes longer than npm test may. Run by npm run test:nightly. */
const nightly = process.env.KCONFORM_TESTS === 'nightly';

export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'images/**/*.test.ts', 'cases/**/*.test.ts', 'ci/**/*.test.ts'],
    // It imports JSON as bundlers do, and node does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    exclude: [...(full ? [] : ['**/*.full.test.ts']), ...(nightly ? [] : ['**/*.nightly.test.ts'])],
    // Guest tests share two cores: a file at a time keeps each guest within its limits.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
