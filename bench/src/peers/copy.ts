// What one core copies in a second, by the language's own means: the measure of what is bound by memory.
import type { CopyTask } from '../measure/protocol.js';
import { readFloats } from './arrays.js';
import type { Instance, Peer } from './peer.js';

function prepare(task: CopyTask): Instance {
  const x = readFloats(task.x);
  const result = new Float32Array(x.length);
  return {
    outcome: () => {
      result.set(x);
      return result;
    },
    run: (iterations) => {
      for (let i = 0; i < iterations; i++) result.set(x);
    },
    bytes: x.byteLength + result.byteLength,
  };
}

export const copy: Peer = {
  open: () => ({ version: `V8 ${process.versions.v8}`, threads: 1 }),
  prepare: { copy: prepare },
};
