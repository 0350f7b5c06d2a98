import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What stands on tensors has to hold on the reference device and on the compiled one. */
const onTensors = ['tensor', 'sparse', 'nn', 'optim', 'seeing', 'gnn'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    globals: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests that are about threads ask for them.
    env: { GRADUS_THREADS: '1' },
    // Processes rather than threads: the native backend loads shared objects, which a worker thread
    // could neither unload nor survive. Two at least, so that one long training run does not hold
    // up the rest; half the cores at most, as some tests start threads of their own.
    pool: 'forks',
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    projects: [
      { extends: true, test: { name: 'main', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'wasm', include: onTensors, env: { GRADUS_TEST_DEVICE: 'wasm' } },
      },
    ],
  },
});
