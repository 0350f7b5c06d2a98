// A tiny training run on the built package, for kill.test.ts: goes on from the newest checkpoint in
// the folder it is given, and prints a dot for
// each step, then what the run has come to.
import { createHash } from 'node:crypto';
import { DataLoader, TensorDataset } from '../../../dist/data/index.js';
import { Dropout, Linear, ReLU, Sequential } from '../../../dist/nn/index.js';
import { Adam } from '../../../dist/optim/index.js';
import { interpreterDevice } from '../../../dist/engine/backends/interpreter/device.js';
import { arange, manualSeed, setDevice } from '../../../dist/tensor/index.js';
import { fit } from '../../../dist/train/index.js';
import { CheckpointWriter, findCheckpoint } from '../../../dist/train/node.js';

const folder = process.argv[2];
// It needs no compilation, which would take most of the time.
setDevice(interpreterDevice);
const found = await findCheckpoint(folder);
// What is not in the checkpoint must not matter.
manualSeed(found ? process.pid : 1);
const model = new Sequential(new Linear(3, 16), new ReLU(), new Dropout(0.3), new Linear(16, 2));
const set = new TensorDataset({
  x: arange(90).reshape([30, 3]).mul(0.1).sin(),
  y: arange(30).mod(2).to('i32'),
});
const { history } = await fit({
  model,
  optimizer: new Adam(model.parameters(), { lr: 0.01 }),
  train: new DataLoader(set, { batchSize: 4, shuffle: true, seed: 1 }),
  validation: new DataLoader(set, { batchSize: 30 }),
  epochs: 3,
  callbacks: [{ onStep: () => void process.stdout.write('.') }],
  checkpoints: new CheckpointWriter(folder, { every: 1 }),
  resume: found?.state,
});
const hash = createHash('sha256');
for (const t of Object.values(model.stateDict())) hash.update(t.dataSync());
const losses = history.map(({ loss, valLoss, accuracy }) => [loss, valLoss, accuracy]);
process.stdout.write(
  `${JSON.stringify({ weights: hash.digest('hex'), losses, warnings: found?.warnings ?? [] })}\n`,
);
