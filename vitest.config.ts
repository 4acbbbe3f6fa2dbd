import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'images/**/*.test.ts', 'cases/**/*.test.ts', 'ci/**/*.test.ts'],
    // Guest tests share two cores: a file at a time keeps each guest within its limits.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
