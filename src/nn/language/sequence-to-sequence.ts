import type { DType } from '../../engine/core/dtype.js';
import { ShapeError } from '../../engine/core/errors.js';
import { formatShape } from '../../engine/core/shape.js';
import type { Generator, Tensor } from '../../tensor/index.js';
import { arange, concat, full, scan } from '../../tensor/index.js';
import { AdditiveAttention } from '../attention/additive-attention.js';
import { requireCount } from '../check.js';
import { Embedding } from '../embedding.js';
import { Linear } from '../linear.js';
import { Module } from '../module.js';
import { GRUCell } from '../recurrent/gru-cell.js';
import { GRU } from '../recurrent/gru.js';

/** Options of `SequenceToSequence`. */
export interface SequenceToSequenceOptions {
  /** E, numbers for each symbol. Default 32. */
  readonly embeddingSize?: number;
  /** H, units of the decoder, and of each direction of the encoder. Default 64. */
  readonly hiddenSize?: number;
  /** A, width of the attention. Default H. */
  readonly attentionSize?: number;
  /** f32 (the default) or f64. */
  readonly dtype?: DType;
  /** Where the first weights come from. Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Options of a call of `SequenceToSequence`. */
export interface SequenceToSequenceCall {
  /** i32 [N]: how many symbols each source has, the rest being padding. Default: all have S. */
  readonly lengths?: Tensor;
}

/** A source that has been read. */
interface Source {
  /** [N, S, 2H], what attention can look at. */
  readonly values: Tensor;
  /** Those as the attention compares them, [N, S, A]. */
  readonly projected: Tensor;
  /** True at padding, [N, S], or null. */
  readonly keyPaddingMask: Tensor | null;
  /** The first state of the decoder, [N, H]. */
  readonly initial: Tensor;
}

/**
 * Sequences from sequences: a bidirectional GRU reads the source, and a GRU writes the target symbol by
 * symbol, looking at each step at the positions that `AdditiveAttention` weighs. Bahdanau, Cho and Bengio, 2014, arXiv:1409.0473.
 *
 * @throws ArgumentError for sizes that are no counts.
 *
 * @example
 * const model = new SequenceToSequence(40, 12, { hiddenSize: 32 });
 * const source = randint(0, 40, [8, 20]);
 * const target = randint(0, 12, [8, 10]);
 * model.forward(source, target); // logits [8, 10, 12] of what follows each symbol of the target
 * model.translate(source, { begin: 0, length: 10 }); // i32 [8, 10]
 */
export class SequenceToSequence extends Module {
  readonly sourceEmbedding: Embedding;
  readonly targetEmbedding: Embedding;
  readonly encoder: GRU;
  /** From the encoder's last states to the decoder's first, with tanh. */
  readonly bridge: Linear;
  readonly attention: AdditiveAttention;
  readonly decoder: GRUCell;
  readonly output: Linear;

  constructor(
    readonly sourceVocabulary: number,
    readonly targetVocabulary: number,
    options: SequenceToSequenceOptions = {},
  ) {
    super();
    const { embeddingSize = 32, hiddenSize = 64, dtype = 'f32', generator } = options;
    const { attentionSize = hiddenSize } = options;
    const sizes = { sourceVocabulary, targetVocabulary, embeddingSize, hiddenSize, attentionSize };
    for (const [name, value] of Object.entries(sizes)) {
      requireCount('SequenceToSequence', name, value);
    }
    const made = generator ? { dtype, generator } : { dtype };
    const read = 2 * hiddenSize;
    this.sourceEmbedding = new Embedding(sourceVocabulary, embeddingSize, made);
    this.targetEmbedding = new Embedding(targetVocabulary, embeddingSize, made);
    const bidirectional = true;
    this.encoder = new GRU(embeddingSize, hiddenSize, { ...made, bidirectional, batchFirst: true });
    this.bridge = new Linear(read, hiddenSize, made);
    this.attention = new AdditiveAttention(hiddenSize, read, attentionSize, made);
    this.decoder = new GRUCell(embeddingSize + read, hiddenSize, made);
    this.output = new Linear(hiddenSize + read, targetVocabulary, made);
  }

  /**
   * Logits of what follows each symbol of the target, with the right symbols before it (teacher
   * forcing).
   *
   * @param source i32 [N, S].
   * @param target i32 [N, T], which begins with the symbol that targets begin with.
   * @returns [N, T, V], V being the size of the target's vocabulary.
   * @throws ShapeError, DTypeError or IndexError where they do not fit.
   */
  forward(source: Tensor, target: Tensor, call: SequenceToSequenceCall = {}): Tensor {
    if (target.rank !== 2 || target.shape[0] !== source.shape[0]) {
      throw new ShapeError(
        `SequenceToSequence: target is ${formatShape(target.shape)}, source ` +
          `${formatShape(source.shape)}; give [N, T] and [N, S].`,
      );
    }
    const read = this.read(source, call);
    const inputs = this.targetEmbedding.forward(target.transpose(0, 1));
    const step = (h: Tensor, x: Tensor): [Tensor, Tensor] => {
      const { hidden, logits } = this.write(x, h, read);
      return [hidden, logits];
    };
    return scan(step, read.initial, inputs)[1].transpose(0, 1);
  }

  /**
   * The target that the model writes, taking the likeliest symbol at each step.
   *
   * @param source i32 [N, S].
   * @param options.begin The symbol that targets begin with; it is not part of the result.
   * @param options.length T, the symbols to write.
   * @returns i32 [N, T].
   * @throws As `forward`; ArgumentError for a length that is no count.
   */
  translate(
    source: Tensor,
    { begin, length, ...call }: SequenceToSequenceCall & { begin: number; length: number },
  ): Tensor {
    requireCount('SequenceToSequence', 'length', length);
    const read = this.read(source, call);
    const first = full([source.shape[0]!], begin, { dtype: 'i32' });
    const step = ({ h, id }: { h: Tensor; id: Tensor }): [{ h: Tensor; id: Tensor }, Tensor] => {
      const { hidden, logits } = this.write(this.targetEmbedding.forward(id), h, read);
      const next = logits.argmax(1);
      return [{ h: hidden, id: next }, next];
    };
    const [, ids] = scan<{ h: Tensor; id: Tensor }, null, Tensor>(
      step,
      { h: read.initial, id: first },
      null,
      { length },
    );
    return ids.transpose(0, 1);
  }

  private read(source: Tensor, { lengths }: SequenceToSequenceCall): Source {
    if (source.rank !== 2) {
      throw new ShapeError(
        `SequenceToSequence: source is ${formatShape(source.shape)}; give i32 [N, S].`,
      );
    }
    const x = this.sourceEmbedding.forward(source);
    const [values, states] = this.encoder.forward(x, null, lengths ? { lengths } : {});
    const both = concat(states.unbind(0), 1);
    const position = arange(source.shape[1]!, { dtype: 'i32' }).unsqueeze(0);
    return {
      values,
      projected: this.attention.project(values),
      keyPaddingMask: lengths ? position.ge(lengths.unsqueeze(1)) : null,
      initial: this.bridge.forward(both).tanh(),
    };
  }

  /** A step of the decoder, x [N, E] being the symbol before. */
  private write(
    x: Tensor,
    h: Tensor,
    { values, projected, keyPaddingMask }: Source,
  ): { hidden: Tensor; logits: Tensor } {
    const [context] = this.attention.forward(h, values, { projected, keyPaddingMask });
    const hidden = this.decoder.forward(concat([x, context], 1), h);
    return { hidden, logits: this.output.forward(concat([hidden, context], 1)) };
  }
}
