// covers: src/engine/backends/native/device.ts
import { expect, it } from 'vitest';
import { nativeTarget } from '../../../../src/engine/backends/native/compiler.js';
import { NativeDevice } from '../../../../src/engine/backends/native/device.js';
import { checkOn } from './check.js';
import type { FuzzGraph } from './graph.js';
import { FIRST, GRAPHS, graphOfSeed, keep } from './run.js';

/** Graphs that are one program: the compiler takes longer to start than to compile a graph. */
const TOGETHER = 16;
const PROGRAMS = Math.min(3, Math.ceil(GRAPHS / TOGETHER));
/** A few tries have to do, each of which runs the compiler. */
const TRIES = 60;

function together(graphs: readonly FuzzGraph[]): FuzzGraph {
  return {
    outputs: graphs.flatMap((g) => g.outputs),
    values: new Map(graphs.flatMap((g) => [...g.values])),
  };
}

const native = nativeTarget() !== null;
if (!native) console.log('SKIPPED: no C compiler, no random graphs are run as C');
it.skipIf(!native)(
  `${PROGRAMS * TOGETHER} random graphs agree with the reference as C`,
  () => {
    const check = checkOn(new NativeDevice(), 'compiled');
    for (let i = 0; i < PROGRAMS; i++) {
      const seeds = Array.from({ length: TOGETHER }, (_, k) => FIRST + i * TOGETHER + k);
      const wrong = check(together(seeds.map(graphOfSeed)));
      if (wrong === undefined) continue;
      const seed = seeds.find((s) => check(graphOfSeed(s)));
      if (seed === undefined) expect.fail(`seeds ${seeds.join()}, as one program of C: ${wrong}`);
      const { path, source } = keep(graphOfSeed(seed), check, `seed ${seed}, as C`, {
        tries: TRIES,
      });
      expect.fail(`seed ${seed}, as C: ${wrong}\n${path} runs it from now on:\n\n${source}`);
    }
  },
  600_000,
);
