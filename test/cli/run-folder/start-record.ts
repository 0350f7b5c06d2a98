import type { StartRecord } from '../../../src/cli/run-folder/records.js';

/** The start of a run that never was. */
export function startRecord(changes: Partial<StartRecord> = {}): StartRecord {
  return {
    type: 'start',
    format: 1,
    time: '2026-01-02T03:04:05.678Z',
    command: 'gradus train mlp --data digits --seed 0',
    version: '0.1.0',
    settings: { model: 'mlp', hidden: [8, 4], data: 'digits', epochs: 3, lr: 0.001, seed: 0 },
    model: { family: 'mlp', layers: 'Sequential(\n  (0): Flatten()\n)', parameters: 1234 },
    data: {
      name: 'digits',
      source: 'generated (seed 0)',
      classes: ['cat', 'dog <b>'],
      train: 90,
      validation: 10,
      test: 4,
      testHash: 'abc',
    },
    machine: {
      os: 'linux 6.1',
      arch: 'x64',
      cpu: 'Some CPU & more',
      cores: 2,
      memory: 8,
      node: 'v20.20.0',
      device: 'wasm',
    },
    ...changes,
  };
}
