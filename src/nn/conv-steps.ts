import { DTypeError, ShapeError } from '../engine/core/errors.js';
import { formatShape, sameShape, sizeOf, stridesOf } from '../engine/core/shape.js';
import type { ConvOptions, Tensor } from '../tensor/index.js';
import { apply, col2im, conv, im2col } from '../tensor/index.js';
import { paddingPairs, perAxis } from '../tensor/spatial.js';
import type { ConvGeometry, ConvLink } from './conv-links.js';
import { linksFromInput, linksOverWeight, linksToOutput } from './conv-links.js';

/** Options of `ConvSteps`: those of `conv` without groups, each of which is a convolution by itself. */
export type ConvStepsOptions = Omit<ConvOptions, 'groups'>;

/** A term of a sum, and what met in it. */
export interface ConvTerm extends ConvLink {
  /** x · k of an output, x · δ of a kernel's gradient, k · δ of an input's; 0 for what is null. */
  readonly factors: readonly [number, number];
  /** Their product. */
  readonly value: number;
}

/**
 * A convolution layer step by step, as the notes compute it in 3.1.2 and 3.1.3: X * K = Y as a product
 * of matrices, and its gradients. To be read, printed and drawn; `conv` computes the same, to rounding,
 * in one kernel and without any of the matrices. Every step is a tensor, evaluated when it is asked for.
 *
 * X is [N, C, …S], K is [O, C, …K], Y is [N, O, …P], in any number of spatial dimensions from 1 on. With
 * N = C = O = 1, two dimensions and no options the matrices are those that are printed; more samples are
 * more rows of XC, more channels more columns, more outputs more columns of KC.
 *
 * @equation (3.2), (3.3)
 *
 * @example
 * const x = arange(9, { dtype: 'f64' }).reshape([1, 1, 3, 3]);
 * const k = tensor([[[[1, 2], [3, 4]]]], { dtype: 'f64' });
 * const steps = new ConvSteps(x, k);
 * console.log(`${steps.xc}`); // each window of x in a row
 * console.log(steps.y.array()); // [[[[27, 37], [57, 67]]]]
 * const { gradX } = steps.backward(ones([1, 1, 2, 2], { dtype: 'f64' }));
 * console.log(gradX.array()); // [[[[1, 3, 2], [4, 10, 6], [3, 7, 4]]]]
 */
export class ConvSteps {
  readonly #geometry: ConvGeometry;

  /**
   * The rows of XC are the windows of X, sample by sample: [N · ∏ P, C · ∏ K].
   *
   * @equation (3.4)
   */
  readonly xc: Tensor;

  /**
   * The columns of KC are the kernels, one for each output channel: [C · ∏ K, O].
   *
   * @equation (3.4)
   */
  readonly kc: Tensor;

  /**
   * YC = XC · KC: [N · ∏ P, O].
   *
   * @equation (3.4)
   */
  readonly yc: Tensor;

  /**
   * Y = X * K, which is YC in its own shape: [N, O, …P].
   *
   * @equation (3.2), (3.3)
   */
  readonly y: Tensor;

  /**
   * @param x X, [N, C, …S], f32 or f64.
   * @param k K, [O, C, …K], of the same dtype.
   * @throws As `conv` with these options; ShapeError without a spatial axis.
   */
  constructor(
    readonly x: Tensor,
    readonly k: Tensor,
    options: ConvStepsOptions = {},
  ) {
    const output = conv(x, k, options).shape; // checks all operands
    const [input, size] = [x.shape.slice(2), k.shape.slice(2)];
    const stride = perAxis('ConvSteps', 'stride', options.stride ?? 1, size.length, 1);
    const dilation = perAxis('ConvSteps', 'dilation', options.dilation ?? 1, size.length, 1);
    const sliding = { input, size, stride, dilation };
    const padding = paddingPairs('ConvSteps', options.padding ?? 0, sliding);
    this.#geometry = { input: x.shape, weight: k.shape, output, stride, dilation, padding };

    const [outputs, channels] = [k.shape[0]!, k.shape[1]!];
    const row = channels * sizeOf(size);
    const columns = im2col(x, { size, stride, dilation, padding }); // [N, C · ∏ K, ∏ P]
    this.xc = columns.mT.reshape([x.shape[0]! * sizeOf(output.slice(2)), row]);
    this.kc = k.reshape([outputs, row]).T;
    this.yc = this.xc.matmul(this.kc);
    this.y = channelsSecond(this.yc, output);
  }

  /**
   * The gradients that follow from ∇Y, which the layer behind hands back.
   *
   * @param gradY ∇Y, that is δ: [N, O, …P].
   * @throws ShapeError for another shape, DTypeError for another dtype.
   */
  backward(gradY: Tensor): ConvBackward {
    return new ConvBackward(this, this.#geometry, gradY);
  }

  /**
   * The terms of which cell [n, o, …p] of Y is the sum: x · k for each weight of kernel o, with the cell
   * of X that lies under it. In the order of a row of XC, zeros of padding included.
   *
   * @throws IndexError if there is no such cell.
   * @equation (3.3), (3.8)
   */
  outputTerms(cell: readonly number[]): ConvTerm[] {
    const [x, k] = [reader(this.x), reader(this.k)];
    return linksToOutput(this.#geometry, cell).map((link) =>
      term(link, x(link.input), k(link.weight)),
    );
  }
}

/** The gradients of a convolution layer step by step; `ConvSteps.backward` makes it. */
export class ConvBackward {
  readonly #geometry: ConvGeometry;
  readonly #steps: ConvSteps;

  /**
   * ∇YC, that is δ with a column for each output channel: [N · ∏ P, O].
   *
   * @equation (3.5)
   */
  readonly gradYc: Tensor;

  /**
   * ∇KC = XCᵀ · ∇YC: [C · ∏ K, O].
   *
   * @equation (3.6)
   */
  readonly gradKc: Tensor;

  /**
   * ∇K, which is ∇KC in the shape of K.
   *
   * @equation (3.6)
   */
  readonly gradK: Tensor;

  /**
   * ∇XC = ∇YC · KCᵀ: [N · ∏ P, C · ∏ K].
   *
   * @equation (3.7)
   */
  readonly gradXc: Tensor;

  /** ∇X by the way back from ∇XC that the notes avoid: every row added to its window, by `col2im`. */
  readonly foldedGradX: Tensor;

  /**
   * The convolution that gives ∇X: of ∇Y, with zeros between its elements (where the stride is above 1)
   * and around it, with the kernel turned by 180°, inputs and outputs exchanged. Its `x` and `k` are the
   * operands of (3.10), its `xc` and `kc` the matrix and the column of (3.9), its `y` is ∇X.
   *
   * @equation (3.9), (3.10)
   */
  readonly turned: ConvSteps;

  /**
   * ∇X in the shape of X, by (3.10).
   *
   * @equation (3.10)
   */
  readonly gradX: Tensor;

  /** @internal */
  constructor(
    steps: ConvSteps,
    geometry: ConvGeometry,
    readonly gradY: Tensor,
  ) {
    this.#geometry = geometry;
    this.#steps = steps;
    const { output, stride, dilation, padding } = geometry;
    if (gradY.dtype !== steps.y.dtype) {
      throw new DTypeError(
        `ConvSteps.backward: ∇Y is ${gradY.dtype}, Y ${steps.y.dtype}; cast ∇Y to the dtype of Y.`,
      );
    }
    if (!sameShape(gradY.shape, output)) {
      throw new ShapeError(
        `ConvSteps.backward: ∇Y has shape ${formatShape(gradY.shape)} and Y ${formatShape(output)}; ` +
          'give a gradient in the shape of Y.',
      );
    }
    this.gradYc = channelsLast(gradY);
    this.gradKc = steps.xc.T.matmul(this.gradYc);
    this.gradK = this.gradKc.T.reshape(steps.k.shape);
    this.gradXc = this.gradYc.matmul(steps.kc.T);

    const [input, size] = [steps.x.shape.slice(2), steps.k.shape.slice(2)];
    const rows = [output[0]!, sizeOf(output.slice(2)), this.gradXc.shape[1]!];
    const columns = this.gradXc.reshape(rows).mT;
    this.foldedGradX = col2im(columns, { outputSize: input, size, stride, dilation, padding });
    this.turned = new ConvSteps(spread(gradY, geometry), turn(steps.k), { dilation });
    this.gradX = this.turned.y;
  }

  /**
   * The terms of which ∇k at [o, c, …k] is the sum: x · δ for each window, x lying under the weight. In
   * the order of the rows of XC, zeros of padding included.
   *
   * @throws IndexError if there is no such weight.
   * @equation (3.6)
   */
  kernelTerms(weight: readonly number[]): ConvTerm[] {
    const [x, delta] = [reader(this.#steps.x), reader(this.gradY)];
    return linksOverWeight(this.#geometry, weight).map((link) =>
      term(link, x(link.input), delta(link.output)),
    );
  }

  /**
   * The terms of which ∇x at [n, c, …s] is the sum: k · δ for each weight over its channel and the output
   * in which it met x on the way forward. In the order of a row of (3.9): the last weight first, and 0
   * for δ where it met x in none.
   *
   * @throws IndexError if there is no such cell.
   * @equation (3.9)
   */
  inputTerms(cell: readonly number[]): ConvTerm[] {
    const [k, delta] = [reader(this.#steps.k), reader(this.gradY)];
    return linksFromInput(this.#geometry, cell).map((link) =>
      term(link, k(link.weight), delta(link.output)),
    );
  }
}

/** ∇Y with stride - 1 zeros between its elements, and with as many around it as give ∇X its shape. */
function spread(gradY: Tensor, of: ConvGeometry): Tensor {
  const size = of.weight.slice(2);
  const low = size.map((k, i) => of.dilation[i]! * (k - 1) - of.padding[i]![0]);
  const high = low.map((before, i) => {
    const covered = before + of.stride[i]! * (of.output[2 + i]! - 1) + 1;
    return of.input[2 + i]! + of.dilation[i]! * (size[i]! - 1) - covered;
  });
  const interior = [0, 0, ...of.stride.map((s) => s - 1)];
  return apply([gradY], (b, node) =>
    b.pad(node, { low: [0, 0, ...low], high: [0, 0, ...high], interior, value: 0 }),
  );
}

/** K turned by 180°, its inputs and outputs exchanged: [C, O, …K]. */
function turn(k: Tensor): Tensor {
  return k.flip(k.shape.map((_, axis) => axis).slice(2)).transpose(0, 1);
}

/** [N, O, …P] as a row for each place: [N · ∏ P, O]. */
function channelsLast(y: Tensor): Tensor {
  const [samples, outputs, ...places] = y.shape as [number, number, ...number[]];
  const axes = places.map((_, i) => 2 + i);
  return y.permute([0, ...axes, 1]).reshape([samples * sizeOf(places), outputs]);
}

/** The inverse of `channelsLast`. */
function channelsSecond(yc: Tensor, [samples, outputs, ...places]: readonly number[]): Tensor {
  const axes = places.map((_, i) => 1 + i);
  return yc.reshape([samples!, ...places, outputs!]).permute([0, 1 + places.length, ...axes]);
}

/** Gives the value of a tensor at a cell, and 0 for none. */
function reader(t: Tensor): (cell: readonly number[] | null) => number {
  const values = t.dataSync();
  const strides = stridesOf(t.shape);
  return (cell) => (cell ? values[cell.reduce((flat, at, i) => flat + at * strides[i]!, 0)]! : 0);
}

function term(link: ConvLink, a: number, b: number): ConvTerm {
  return { ...link, factors: [a, b], value: a * b };
}
