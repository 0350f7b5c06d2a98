import { fileURLToPath } from 'node:url';
import type { Launch } from '../measure/peer-process.js';
import type { Options } from '../options.js';

export interface Contender {
  readonly id: string;
  readonly label: string;
  /** Name for `--peers`; Gradus and the peaks take part always. */
  readonly peer?: string;
  readonly launch: (options: Options) => Launch;
}

const serve = fileURLToPath(new URL('serve.js', import.meta.url));
const pytorchPeer = fileURLToPath(new URL('../../python/pytorch_peer.py', import.meta.url));

function node(id: string, flags: readonly string[] = []): Contender['launch'] {
  return ({ relaxedSimd }) => ({
    command: process.execPath,
    args: [...flags, serve, id],
    env: { GRADUS_BENCH_RELAXED: relaxedSimd ? '1' : '0' },
  });
}

function pytorch(threads: string): Contender['launch'] {
  return ({ python }) => ({ command: python, args: [pytorchPeer, threads] });
}

/** In the order of the tables. */
export const contenders: readonly Contender[] = [
  { id: 'peak', label: 'peak, mul + add', launch: node('peak') },
  { id: 'peak-relaxed', label: 'peak, relaxed madd', launch: node('peak') },
  { id: 'gradus', label: 'Gradus WASM', launch: node('gradus', ['--expose-gc']) },
  { id: 'tfjs', label: 'TensorFlow.js WASM', peer: 'tfjs', launch: node('tfjs') },
  { id: 'jax-js', label: 'jax-js WASM', peer: 'jax-js', launch: node('jax-js') },
  { id: 'pytorch', label: 'PyTorch, 1 thread', peer: 'pytorch', launch: pytorch('1') },
  {
    id: 'pytorch-best',
    label: 'PyTorch, best threads',
    peer: 'pytorch',
    launch: pytorch('best'),
  },
];

export const peerNames: readonly string[] = [
  ...new Set(contenders.flatMap((c) => (c.peer === undefined ? [] : [c.peer]))),
];

export function contender(id: string): Contender {
  return contenders.find((c) => c.id === id)!;
}
