import { parseArgs } from 'node:util';
import { peerNames } from './peers/registry.js';
import type { Pace } from './measure/rounds.js';
import { workloads } from './workloads/index.js';

export const usage = `npm run bench -- [options]

  --quick            fewer rounds and sizes, to see that all works; the figures are rough
  --only A,B         some of the workloads: ${workloads.map((w) => w.name).join(', ')}
  --peers A,B        beside Gradus, some of the peers: ${peerNames.join(', ')}
  --python PATH      the Python that has PyTorch (else $GRADUS_BENCH_PYTHON, else python3)
  --jax-python PATH  the Python that has JAX (else $GRADUS_BENCH_JAX_PYTHON, else that of --python)
  --data-dir DIR     folder with planetoid-cora, musae-facebook and fashion-mnist (else $GRADUS_DATA);
                     without it graphs and images are random ones of the same sizes
  --rounds N         rounds in which the peers take turns (default 11, quick 3)
  --relaxed-simd     V8's flag for relaxed SIMD in every JavaScript process
  --write            write docs/benchmarks.md and bench/results.json after a partial run too;
                     workloads that were not run keep their results of the same machine
  --help             this text`;

export interface Options {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly python: string;
  readonly jaxPython: string;
  /** The folder of data sets, if one is given. */
  readonly dataDir: string | undefined;
  readonly relaxedSimd: boolean;
  /** Whether the run covers everything. */
  readonly complete: boolean;
  /** Whether its results shall stand in the documentation: those of a complete run do. */
  readonly write: boolean;
  readonly pace: Pace;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

function list(text: string | undefined, known: readonly string[], flag: string): string[] {
  const names = text === undefined ? [...known] : text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--${flag}: no '${unknown}'; there are ${known.join(', ')}.`);
  }
  return names;
}

/** The options, or undefined if help is asked for. */
export function parseOptions(args: string[]): Options | undefined {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        peers: { type: 'string' },
        python: { type: 'string' },
        'jax-python': { type: 'string' },
        'data-dir': { type: 'string' },
        rounds: { type: 'string' },
        'relaxed-simd': { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return undefined;
  const { quick } = values;
  const rounds = Number(values.rounds ?? (quick ? 3 : 11));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds: '${values.rounds}' is not a count of at least 1.`);
  }
  const names = workloads.map((w) => w.name);
  const only = list(values.only, names, 'only');
  const peers = list(values.peers, peerNames, 'peers');
  const relaxedSimd = values['relaxed-simd'];
  const all = only.length === names.length && peers.length === peerNames.length;
  const complete = all && !quick && !relaxedSimd && rounds >= 5;
  const python = values.python ?? process.env['GRADUS_BENCH_PYTHON'] ?? 'python3';
  return {
    quick,
    only,
    peers,
    python,
    jaxPython: values['jax-python'] ?? process.env['GRADUS_BENCH_JAX_PYTHON'] ?? python,
    dataDir: values['data-dir'] ?? process.env['GRADUS_DATA'],
    relaxedSimd,
    complete,
    write: values.write || complete,
    pace: { rounds, warmUp: quick ? 300 : 1500, slice: quick ? 100 : 300 },
  };
}
