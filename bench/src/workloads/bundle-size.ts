import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build as vite, type Rolldown } from 'vite';
import type { BundleSizes } from '../results.js';
import type { Workload } from './index.js';

/** Where the libraries are found from; below it, the scripts are written. */
const here = fileURLToPath(new URL('../../', import.meta.url));

type Files = { readonly name: string; readonly bytes: Uint8Array }[];

/** A bundler: all files of a script, minified. */
const BUNDLERS: Readonly<Record<string, (script: string) => Promise<Files>>> = {
  async Vite(script) {
    const output = (await vite({
      root: here,
      configFile: false,
      logLevel: 'error',
      build: { write: false, target: 'es2022', rolldownOptions: { input: script } },
    })) as Rolldown.RolldownOutput;
    return output.output.map((file) => ({
      name: file.fileName,
      bytes: Buffer.from(file.type === 'chunk' ? file.code : file.source),
    }));
  },
  async esbuild(script) {
    const { outputFiles } = await esbuild({
      entryPoints: [script],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      write: false,
      outdir: here,
      logLevel: 'error',
    });
    return outputFiles.map(({ path, contents }) => ({ name: path, bytes: contents }));
  },
};

interface Program {
  readonly name: string;
  readonly script: string;
  /** Files that the library loads besides. */
  readonly besides?: () => Files;
}

export const MLP_BUNDLE = 'Gradus: an MLP, trained with Adam';

const programs: readonly Program[] = [
  {
    name: MLP_BUNDLE,
    script: `
      import { compile, fromData } from 'gradus';
      import { crossEntropy, Linear, ReLU, Sequential } from 'gradus/nn';
      import { Adam } from 'gradus/optim';
      const model = new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
      const optimizer = new Adam(model.parameters());
      const step = compile((x, y) => {
        optimizer.zeroGrad();
        const loss = crossEntropy(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      globalThis.train = (x, y) => step(fromData(x, [64, 784]), fromData(y, [64])).item();`,
  },
  {
    name: "Gradus: a page's side, the engine being in a worker",
    script: `
      import { connect, startEngine } from 'gradus/browser';
      globalThis.gradus = { connect, startEngine };`,
  },
  {
    name: 'Gradus: the ready-made worker',
    script: `import 'gradus/browser/engine';`,
  },
  {
    name: 'TensorFlow.js, WASM: the MLP, with its .wasm for SIMD',
    script: `
      import * as tf from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-wasm';
      import * as layers from '@tensorflow/tfjs-layers';
      const model = layers.sequential();
      model.add(layers.layers.dense({ units: 128, activation: 'relu', inputShape: [784] }));
      model.add(layers.layers.dense({ units: 10, activation: 'softmax' }));
      model.compile({ optimizer: tf.train.adam(), loss: 'sparseCategoricalCrossentropy' });
      globalThis.train = (x, y) => model.trainOnBatch(tf.tensor2d(x, [64, 784]), tf.tensor1d(y));`,
    besides: () => {
      const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
      const name = 'tfjs-backend-wasm-simd.wasm';
      return [{ name, bytes: readFileSync(join(entry, '..', name)) }];
    },
  },
  {
    name: 'jax-js: the MLP, without layers',
    script: `
      import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
      const loss = ([w1, b1, w2, b2], x, y) =>
        np.mean(np.multiply(nn.logSoftmax(
          np.add(np.matmul(nn.relu(np.add(np.matmul(x, w1), b1)), w2), b2)), y)).neg();
      globalThis.train = { start: init, defaultDevice, step: jit(valueAndGrad(loss)) };`,
  },
];

const OF_A_SCRIPT = /\.(js|wasm)$/;

export const bundleSize: Workload = {
  name: 'bundle-size',
  title: 'What a page loads',
  about:
    'Bundles of one program each, minified, as they are and by gzip; with a library in WebAssembly, its ' +
    'file for one thread with SIMD. Workers count where a bundler makes files of them. Kilobytes are 1000 ' +
    'bytes.',
  async run(field) {
    const entries: BundleSizes['entries'][number][] = [];
    // Below the workspace, so that a bundler finds what its scripts import.
    const folder = join(here, 'dist', 'bundles');
    mkdirSync(folder, { recursive: true });
    for (const [i, { name, script, besides }] of programs.entries()) {
      const path = join(folder, `program-${i}.js`);
      writeFileSync(path, script);
      for (const [bundler, build] of Object.entries(BUNDLERS)) {
        try {
          const files = [...(await build(path)), ...(besides?.() ?? [])].filter((file) =>
            OF_A_SCRIPT.test(file.name),
          );
          const sum = (of: (bytes: Uint8Array) => number): number =>
            files.reduce((total, { bytes }) => total + of(bytes), 0);
          const bytes = sum((file) => file.length);
          entries.push({ name, bundler, bytes, gzip: sum((file) => gzipSync(file).length) });
        } catch (error) {
          field.log(`${name}, ${bundler}: ${(error as Error).message}`);
        }
      }
    }
    return { kind: 'bundleSizes', entries };
  },
};
