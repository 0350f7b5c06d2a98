import { describe, expect, test } from 'vitest';
import { WasmDevice } from '../../src/engine/backends/wasm/device.js';
import { ArgumentError } from '../../src/engine/core/errors.js';
import type { EdgeIndex } from '../../src/gnn/index.js';
import { GCNConv, karateClub } from '../../src/gnn/index.js';
import { Module } from '../../src/nn/index.js';
import { Adam } from '../../src/optim/index.js';
import type { Tensor } from '../../src/tensor/index.js';
import { Generator, setDevice, tensor } from '../../src/tensor/index.js';
import { fitNodes } from '../../src/train/index.js';

setDevice(new WasmDevice());

class Net extends Module {
  readonly first: GCNConv;
  readonly second: GCNConv;
  constructor(seed: number) {
    super();
    const generator = new Generator(seed);
    this.first = new GCNConv(34, 16, { generator });
    this.second = new GCNConv(16, 2, { generator });
  }
  forward(x: Tensor, edges: EdgeIndex): Tensor {
    return this.second.forward(this.first.forward(x, edges).relu(), edges);
  }
}

const at = (...nodes: number[]): Tensor =>
  tensor(
    Array.from({ length: 34 }, (_, v) => nodes.includes(v)),
    { dtype: 'bool' },
  );
const rest = Array.from({ length: 34 }, (_, v) => v).filter((v) => ![0, 1, 32, 33].includes(v));
const club = karateClub().with({ trainMask: at(0, 33), valMask: at(1, 32), testMask: at(...rest) });

describe('fitNodes', () => {
  test('finds the two clubs from one member each', () => {
    const accuracies = [0, 1, 2].map((seed) => {
      const model = new Net(seed);
      const optimizer = new Adam(model.parameters(), { lr: 0.01 });
      return fitNodes(model, club, { optimizer, epochs: 100 }).testAccuracy!;
    });
    expect(accuracies.reduce((a, b) => a + b, 0) / 3).toBeGreaterThan(0.9);
  });
  test('keeps the best epoch, tells of each, and stops when none is better', () => {
    const model = new Net(1);
    const optimizer = new Adam(model.parameters(), { lr: 0.5 });
    const told: number[] = [];
    const { epochs, best, testAccuracy } = fitNodes(model, club, {
      optimizer,
      epochs: 60,
      patience: 5,
      onEpoch: ({ epoch }) => told.push(epoch),
    });
    expect(told).toEqual(epochs.map(({ epoch }) => epoch));
    expect(best.valAccuracy).toBe(Math.max(...epochs.map((epoch) => epoch.valAccuracy)));
    const ties = epochs.filter((epoch) => epoch.valAccuracy === best.valAccuracy);
    expect(best.valLoss).toBe(Math.min(...ties.map((epoch) => epoch.valLoss)));
    expect(epochs.length).toBe(Math.min(60, best.epoch + 5));
    expect(model.training).toBe(false);
    const classes = model.forward(club.x!, club.edgeIndex).argmax(1).dataSync();
    const truth = club.y!.dataSync();
    const right = rest.filter((v) => classes[v] === truth[v]).length;
    expect(testAccuracy).toBe(right / rest.length);
  });
  test('needs features, labels and splits', () => {
    const model = new Net(0);
    const optimizer = new Adam(model.parameters());
    expect(() => fitNodes(model, club.with({ valMask: undefined }), { optimizer })).toThrow(
      new ArgumentError(
        'fitNodes: the graph has no valMask; give features x, labels y, trainMask and valMask.',
      ),
    );
    expect(() => fitNodes(model, club, { optimizer, epochs: 0 })).toThrow('epochs is 0');
  });
});
