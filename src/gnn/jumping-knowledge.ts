import { ArgumentError } from '../engine/core/errors.js';
import { Linear, LSTM, Module } from '../nn/index.js';
import type { DType, Generator, Tensor } from '../tensor/index.js';
import { concat, stack } from '../tensor/index.js';
import { requirePositive } from './checks.js';
import { drawOf } from './glorot.js';

/** Options of `JumpingKnowledge`; counts are those of 'lstm'. */
export interface JumpingKnowledgeOptions {
  /** F, the features that each layer gives. */
  readonly channels?: number;
  /** L, how many layers there are. */
  readonly numLayers?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/**
 * What all layers of a network gave, made one: side by side (`cat`), the maximum (`max`), or a sum
 * weighted for each node by attention over the states of an LSTM that runs through the layers both
 * ways (`lstm`). Xu and others, 2018, arXiv:1806.03536.
 *
 * Inputs L times [V, F]; result [V, L · F] for 'cat', else [V, F].
 *
 * @throws ArgumentError for another mode, or 'lstm' without its counts.
 * @example
 * const jump = new JumpingKnowledge('cat');
 * jump.forward([rand([5, 16]), rand([5, 16])]); // [5, 32]
 */
export class JumpingKnowledge extends Module {
  readonly lstm: LSTM | null = null;
  readonly att: Linear | null = null;

  constructor(
    readonly mode: 'cat' | 'max' | 'lstm',
    { channels, numLayers, ...draw }: JumpingKnowledgeOptions = {},
  ) {
    super();
    if (mode !== 'cat' && mode !== 'max' && mode !== 'lstm') {
      throw new ArgumentError(`JumpingKnowledge: mode is '${String(mode)}'; use cat, max or lstm.`);
    }
    if (mode !== 'lstm') return;
    if (channels === undefined || numLayers === undefined) {
      throw new ArgumentError("JumpingKnowledge: 'lstm' needs the options channels and numLayers.");
    }
    requirePositive('JumpingKnowledge', 'channels', channels);
    requirePositive('JumpingKnowledge', 'numLayers', numLayers);
    const width = Math.floor((numLayers * channels) / 2);
    const recurrent = { bidirectional: true, batchFirst: true, ...drawOf(draw) };
    this.lstm = new LSTM(channels, width, recurrent);
    this.att = new Linear(2 * width, 1, drawOf(draw));
  }

  forward(layers: readonly Tensor[]): Tensor {
    if (this.mode === 'cat') return concat([...layers], -1);
    if (this.mode === 'max') return stack([...layers], -1).max(-1);
    const all = stack([...layers], 1);
    const [states] = this.lstm!.forward(all);
    return all.mul(this.att!.forward(states).softmax(1)).sum(1);
  }

  override extraRepr(): string {
    return this.mode;
  }
}
