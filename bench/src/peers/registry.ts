import { fileURLToPath } from 'node:url';
import type { Launch } from '../measure/peer-process.js';
import type { Options } from '../options.js';

export interface Contender {
  readonly id: string;
  readonly label: string;
  /** What its version is that of. */
  readonly library?: string;
  /** Name for `--peers`; Gradus and the peaks take part always. */
  readonly peer?: string;
  /** It has no gradients. */
  readonly forwardOnly?: boolean;
  readonly launch: (options: Options) => Launch;
}

const serve = fileURLToPath(new URL('serve.js', import.meta.url));
const scripts = fileURLToPath(new URL('../../python/', import.meta.url));

/** `threads`: how many Gradus or ONNX Runtime may use; 0 stands for all cores. */
function node(id: string, flags: readonly string[] = [], threads = 1): Contender['launch'] {
  return ({ relaxedSimd }) => ({
    command: process.execPath,
    args: [...flags, serve, id],
    env: {
      GRADUS_BENCH_RELAXED: relaxedSimd ? '1' : '0',
      GRADUS_THREADS: threads > 0 ? String(threads) : '',
    },
  });
}

/** A JavaScript library on its WASM backend. */
function wasm(id: string, library: string, flags: readonly string[] = []): Contender {
  return { id, label: `${library} WASM`, library, launch: node(id, flags) };
}

function onnx(id: string, label: string, threads: number): Contender {
  const launch = node('onnx', [], threads);
  return { id, label, library: 'ONNX Runtime', peer: 'onnx', forwardOnly: true, launch };
}

function pytorch(id: string, label: string, ...args: string[]): Contender {
  const launch: Contender['launch'] = (options) => ({
    command: options.python,
    args: ['-B', `${scripts}pytorch_peer.py`, ...args],
  });
  return { id, label, library: 'PyTorch', peer: 'pytorch', launch };
}

function jax(id: string, label: string, threads: string): Contender {
  const launch: Contender['launch'] = ({ jaxPython }) => ({
    command: jaxPython,
    args: ['-B', `${scripts}jax_peer.py`, threads],
  });
  return { id, label, library: 'JAX', peer: 'jax', launch };
}

/** In the order of the tables. */
export const contenders: readonly Contender[] = [
  { id: 'peak', label: 'peak, mul + add', launch: node('peak') },
  { id: 'peak-relaxed', label: 'peak, relaxed madd', launch: node('peak') },
  { id: 'peak-native', label: 'peak, native', library: 'Compiler', launch: node('peak-native') },
  { id: 'copy', label: 'copy, one core', launch: node('copy') },
  wasm('gradus', 'Gradus', ['--expose-gc']),
  { id: 'gradus-native', label: 'Gradus native', launch: node('gradus-native') },
  { id: 'gradus-all', label: 'Gradus WASM, all cores', launch: node('gradus', [], 0) },
  {
    id: 'gradus-native-all',
    label: 'Gradus native, all cores',
    launch: node('gradus-native', [], 0),
  },
  { ...wasm('tfjs', 'TensorFlow.js'), peer: 'tfjs' },
  { ...wasm('jax-js', 'jax-js'), peer: 'jax-js' },
  { id: 'deepbox', label: 'deepbox', library: 'deepbox', peer: 'deepbox', launch: node('deepbox') },
  onnx('onnx', 'ONNX Runtime, 1 thread', 1),
  onnx('onnx-all', 'ONNX Runtime, all cores', 0),
  pytorch('pytorch', 'PyTorch, 1 thread', '1'),
  pytorch('pytorch-best', 'PyTorch, best threads', 'best'),
  pytorch('pytorch-compiled', 'PyTorch compiled, 1 thread', '1', 'compiled'),
  jax('jax', 'JAX, 1 thread', '1'),
  jax('jax-best', 'JAX, all threads', 'best'),
];

export const peerNames: readonly string[] = [
  ...new Set(contenders.flatMap((c) => (c.peer === undefined ? [] : [c.peer]))),
];

export function contender(id: string): Contender {
  return contenders.find((c) => c.id === id)!;
}
