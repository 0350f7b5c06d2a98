import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globals: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Processes rather than threads: the native backend loads shared objects, which a worker thread
    // could neither unload nor survive. Two at least, so that one long training run does not hold
    // up the rest; half the cores at most, as some tests start threads of their own.
    pool: 'forks',
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  },
});
