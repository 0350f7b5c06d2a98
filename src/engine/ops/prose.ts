import type { OpName } from '../graph/node.js';

/** What is to be read of a primitive; no program needs it, and no bundle has it. */
export interface OpProse {
  /** One sentence or a few, with conventions at ties, kinks and range limits. */
  readonly doc: string;
  readonly equation: string;
  /** Shapes of operands and result, as `[N, C], [N] → [N]`. Elementwise rows need none. */
  readonly shapes?: string;
}

/** The documentation of every row of the op table: docs/ops.md is made of it. */
export const OP_PROSE: { readonly [K in OpName]: OpProse } = {
  // source
  leaf: {
    doc: 'A value from outside the graph: an input of a traced function, or stored data.',
    equation: 'y = given',
    shapes: '→ S, given',
  },
  constant: {
    doc: 'A tensor filled with one value, converted to the dtype as `cast` does.',
    equation: 'y[…] = value',
    shapes: '→ S, given',
  },
  iota: {
    doc: 'The index along an axis, counted from 0; u8 wraps.',
    equation: 'y[… i …] = i',
    shapes: '→ S, given',
  },
  randomBits: {
    doc:
      'Uniform random 32-bit words by Philox 4×32-10. The state is key, key, counter low, ' +
      'counter high; element i is word i mod 4 of block (⌊i / 4⌋, 0, counter + offset).',
    equation: 'y[i] = philox(⌊i / 4⌋, 0, counter + offset; key)[i mod 4]',
    shapes: 'state [4] → S, given',
  },

  // elementwise
  neg: {
    doc: 'The negative; integers wrap.',
    equation: 'y = -x',
  },
  abs: {
    doc: 'The absolute value; the gradient at 0 is 0. The smallest i32 stays as it is.',
    equation: 'y = |x|',
  },
  sign: {
    doc: '-1, 0 or 1; 0 for NaN, as in PyTorch.',
    equation: 'y = [x > 0] - [x < 0]',
  },
  exp: {
    doc: 'The exponential.',
    equation: 'y = e^x',
  },
  log: {
    doc: 'The natural logarithm; -∞ at 0, NaN below.',
    equation: 'y = ln x',
  },
  log1p: {
    doc: 'The logarithm of 1 + x, exact near x = 0; -∞ at -1, NaN below.',
    equation: 'y = ln(1 + x)',
  },
  expm1: {
    doc: 'The exponential less 1, exact near x = 0.',
    equation: 'y = e^x - 1',
  },
  sqrt: {
    doc:
      'The square root; NaN below 0. As in PyTorch, the gradient at 0 is ∞, or NaN where a 0 ' +
      'flows back.',
    equation: 'y = √x',
  },
  rsqrt: {
    doc: 'The reciprocal square root; ∞ at 0, NaN below.',
    equation: 'y = 1 / √x',
  },
  reciprocal: {
    doc: 'One over x; ±∞ at ±0.',
    equation: 'y = 1 / x',
  },
  sin: {
    doc: 'The sine of an angle in radians.',
    equation: 'y = sin x',
  },
  cos: {
    doc: 'The cosine of an angle in radians.',
    equation: 'y = cos x',
  },
  tanh: {
    doc: 'The hyperbolic tangent.',
    equation: 'y = (e^x - e^-x) / (e^x + e^-x)',
  },
  sigmoid: {
    doc: 'The logistic function, without overflow on either side.',
    equation: 'y = 1 / (1 + e^-x)',
  },
  erf: {
    doc: 'The error function.',
    equation: 'y = 2/√π ∫₀ˣ e^(-t²) dt',
  },
  relu: {
    doc: 'The positive part; the gradient at 0 is 0. NaN stays NaN.',
    equation: 'y = max(x, 0)',
  },
  floor: {
    doc: 'The largest integer not above x.',
    equation: 'y = ⌊x⌋',
  },
  ceil: {
    doc: 'The smallest integer not below x.',
    equation: 'y = ⌈x⌉',
  },
  round: {
    doc: 'The nearest integer; halves go to the even neighbour.',
    equation: 'y = round(x)',
  },
  not: {
    doc: 'Logical negation of bool, bitwise complement of i32 and u8.',
    equation: 'y = ¬x',
  },
  add: {
    doc: 'The sum; integers wrap.',
    equation: 'z = x + y',
  },
  sub: {
    doc: 'The difference; integers wrap.',
    equation: 'z = x - y',
  },
  mul: {
    doc: 'The product; integers wrap.',
    equation: 'z = x · y',
  },
  div: {
    doc:
      'The quotient. Integers truncate towards zero; x / 0 is 0, and the smallest i32 over -1 ' +
      'is itself.',
    equation: 'z = x / y',
  },
  pow: {
    doc:
      'The power. x^0 and 1^y are 1, also for NaN; NaN for a negative base and a fractional ' +
      'exponent. Where y = 0 at x = 0, and for the exponent where x = 0 ≤ y, the gradient is 0.',
    equation: 'z = x^y',
  },
  max: {
    doc: 'The larger operand; NaN if either is NaN. At a tie each gets half of the gradient.',
    equation: 'z = max(x, y)',
  },
  min: {
    doc: 'The smaller operand; NaN if either is NaN. At a tie each gets half of the gradient.',
    equation: 'z = min(x, y)',
  },
  mod: {
    doc: "The remainder, with the divisor's sign. For y = 0: NaN for floats, 0 for integers.",
    equation: 'z = x - ⌊x / y⌋ · y',
  },
  and: {
    doc: 'Logical and of bool, bitwise and of i32 and u8.',
    equation: 'z = x ∧ y',
  },
  or: {
    doc: 'Logical or of bool, bitwise or of i32 and u8.',
    equation: 'z = x ∨ y',
  },
  xor: {
    doc: 'Exclusive or: of truth values, or bitwise of i32 and u8.',
    equation: 'z = x ⊕ y',
  },
  shiftLeft: {
    doc: 'Bits of x moved up by y mod 32, zeros filled in.',
    equation: 'z = x << (y mod 32)',
  },
  shiftRight: {
    doc: 'Bits of x moved down by y mod 32, zeros filled in: x counts as unsigned.',
    equation: 'z = x >>> (y mod 32)',
  },
  eq: {
    doc: 'Whether x = y; false if either is NaN.',
    equation: 'z = [x = y]',
  },
  ne: {
    doc: 'Whether x ≠ y; true if either is NaN.',
    equation: 'z = [x ≠ y]',
  },
  lt: {
    doc: 'Whether x < y; false if either is NaN.',
    equation: 'z = [x < y]',
  },
  le: {
    doc: 'Whether x ≤ y; false if either is NaN.',
    equation: 'z = [x ≤ y]',
  },
  gt: {
    doc: 'Whether x > y; false if either is NaN.',
    equation: 'z = [x > y]',
  },
  ge: {
    doc: 'Whether x ≥ y; false if either is NaN.',
    equation: 'z = [x ≥ y]',
  },
  where: {
    doc: 'x where the condition holds, y elsewhere. The gradient of the one not chosen is 0.',
    equation: 'z = c ? x : y',
  },
  cast: {
    doc:
      'The value in another dtype. Floats become i32 by truncation, saturating, NaN as 0; u8 ' +
      'takes the low byte of that; bool is ≠ 0, NaN included. Gradients pass between floats ' +
      'only.',
    equation: 'y = x',
  },

  // movement
  reshape: {
    doc: 'The same elements in the same row-major order, in another shape.',
    equation: 'y[flat i] = x[flat i]',
    shapes: 'S → T, given, of as many elements',
  },
  permute: {
    doc: 'The axes in another order: axis i of the result is axis axes[i] of the operand.',
    equation: 'y[i_0, …] = x[j], j[axes[d]] = i_d',
    shapes: '[d_0, …] → [d_axes[0], …]',
  },
  broadcast: {
    doc: 'Axes of extent 1 repeated to another extent; the rank stays.',
    equation: 'y[i] = x[i, with 0 where x has extent 1]',
    shapes: 'S → T, given, with 1 in S where they differ',
  },
  pad: {
    doc:
      'A constant value added before, after and between the elements of each axis; negative ' +
      'low and high cut elements off.',
    equation: 'y[low + i · (interior + 1)] = x[i], value elsewhere',
    shapes: '[d, …] → [low + d + (d - 1) · interior + high, …]',
  },
  slice: {
    doc: 'Every step-th element from start up to but without stop, along each axis.',
    equation: 'y[i] = x[start + i · step]',
    shapes: '[d, …] → [⌈(stop - start) / step⌉, …]',
  },
  flip: {
    doc: 'The elements in reverse order along the given axes.',
    equation: 'y[… i …] = x[… n - 1 - i …]',
    shapes: 'S → S',
  },
  concat: {
    doc: 'Tensors one after the other along an axis; they agree in dtype and in all other extents.',
    equation: 'y = [x_0 | x_1 | …]',
    shapes: '[…, a, …], […, b, …], … → […, a + b + …, …]',
  },

  // reduce
  sum: {
    doc: 'The sum over axes; 0 over none. i32 and u8 wrap.',
    equation: 'y = Σ_i x_i',
    shapes: 'S → S without axes',
  },
  prod: {
    doc: 'The product over axes; 1 over none. i32 and u8 wrap. The gradient is exact with zeros.',
    equation: 'y = Π_i x_i',
    shapes: 'S → S without axes',
  },
  reduceMax: {
    doc: 'The maximum over axes; NaN if there is one. Ties share the gradient equally.',
    equation: 'y = max_i x_i',
    shapes: 'S → S without axes',
  },
  reduceMin: {
    doc: 'The minimum over axes; NaN if there is one. Ties share the gradient equally.',
    equation: 'y = min_i x_i',
    shapes: 'S → S without axes',
  },
  argMax: {
    doc: 'The index of the first maximum along an axis, as i32; NaN counts as the maximum.',
    equation: 'y = arg max_i x_i',
    shapes: 'S → S without axis',
  },
  argMin: {
    doc: 'The index of the first minimum along an axis, as i32; NaN counts as the minimum.',
    equation: 'y = arg min_i x_i',
    shapes: 'S → S without axis',
  },

  // movement
  window: {
    doc:
      'The windows of `size` elements, `dilation` apart, that begin at every `stride`-th ' +
      'element of an axis: the axis counts the windows, and a new last axis runs within each.',
    equation: 'y[… p …, k] = x[… stride · p + dilation · k …]',
    shapes: '[…, d, …] → […, P, …, size]',
  },

  // window
  windowSum: {
    doc:
      'The sums over the windows of the last axes, low and high zeros (negative: cut off) ' +
      'beside them. Its gradient is a windowSum. i32 and u8 wrap.',
    equation: 'y[…, p] = Σ_k x[…, stride · p + dilation · k - low]',
    shapes: '[…, …S] → […, …P]',
  },
  windowMax: {
    doc:
      'The maxima over the windows of the last axes; NaN if there is one. What lies beside ' +
      'them (low, high; negative: cut off) never wins: a window without elements gives -∞, or ' +
      'the least integer. The gradient goes to the first maximum.',
    equation: 'y[…, p] = max_k x[…, stride · p + dilation · k - low]',
    shapes: '[…, …S] → […, …P]',
  },
  argMaxWindow: {
    doc:
      'The position of the first maximum of each window, as the flat index within the last ' +
      'axes of the operand, as i32; NaN counts as the maximum, and a window without elements ' +
      'gives -1.',
    equation: 'y[…, p] = arg max_k x[…, stride · p + dilation · k - low]',
    shapes: '[…, …S] → […, …P]',
  },

  // contraction
  dot: {
    doc:
      'The sum of products over contracted axes, for each index of the batch axes; the result ' +
      'has the batch axes, then the free ones of the left, then of the right operand. i32 ' +
      'wraps.',
    equation: 'z[n, i, j] = Σ_k x[n, i, k] · y[n, j, k]',
    shapes: '[…batch, …left, …k], […batch, …right, …k] in any order → […batch, …left, …right]',
  },
  conv: {
    doc:
      'The cross-correlation of x [N, G, C, …S] with weight [G, O, C, …K], group by group, in ' +
      'any number of spatial dimensions: [N, G, O, …P], its axes put in `order`. The input has ' +
      'inputDilation - 1 zeros between its elements and low, high (may be negative) beside ' +
      'them; the weight is spread by kernelDilation. Its gradients are convolutions again. i32 ' +
      'wraps.',
    equation:
      'y[n, g, o, p] = Σ_c Σ_k x[n, g, c, (stride · p + kernelDilation · k - low) / inputDilation] · w[g, o, c, k]',
    shapes: '[N, G, C, …S], [G, O, C, …K] → [N, G, O, …P], in `order`',
  },

  // indexed
  gather: {
    doc:
      'Elements picked along an axis by an index with the shape of the result; an index out of ' +
      'range, negative ones included, reads 0 and passes no gradient.',
    equation: 'y[… i …] = x[… index[… i …] …]',
    shapes: '[…, d, …], [S] → [S]',
  },
  scatterAdd: {
    doc:
      'Zeros, to which each update is added at the place its index names along an axis, in ' +
      'order; updates whose index is out of range are dropped. i32 and u8 wrap.',
    equation: 'y[… index[… i …] …] += updates[… i …]',
    shapes: '[…, d, …], [same] → […, size, …]',
  },

  // segment
  segmentSum: {
    doc:
      'The sum over each segment of the first axis: elements ptr[v] to ptr[v + 1] - 1, in ' +
      'order; 0 over none. Pointers are clamped to the axis, and one below the last makes an ' +
      'empty segment. i32 and u8 wrap.',
    equation: 'y[v, …] = Σ_{ptr[v] ≤ e < ptr[v+1]} x[e, …]',
    shapes: '[E, …], [V + 1] → [V, …]',
  },
  segmentMax: {
    doc:
      'The maximum over each segment of the first axis; NaN if there is one, and over none -∞ ' +
      'or the least integer. The first of several maxima gets the gradient.',
    equation: 'y[v, …] = max_{ptr[v] ≤ e < ptr[v+1]} x[e, …]',
    shapes: '[E, …], [V + 1] → [V, …]',
  },
  segmentArgMax: {
    doc:
      'The position on the first axis of the first maximum of each segment, as i32; NaN counts ' +
      'as the maximum, and an empty segment gives -1.',
    equation: 'y[v, …] = arg max_{ptr[v] ≤ e < ptr[v+1]} x[e, …]',
    shapes: '[E, …], [V + 1] → [V, …]',
  },
  segmentGather: {
    doc:
      'For each of `size` elements the row of its segment; 0 for an element in none. Where ' +
      'pointers decrease, an element of several segments has the row of one of them.',
    equation: 'x[e, …] = y[v, …] where ptr[v] ≤ e < ptr[v+1]',
    shapes: '[V, …], [V + 1] → [size, …]',
  },
  segmentIds: {
    doc:
      'The segment of each of `size` elements, as i32, or -1 for an element in none. Where ' +
      'pointers decrease, an element of several segments has the number of one of them.',
    equation: 'i[e] = v where ptr[v] ≤ e < ptr[v+1]',
    shapes: '[V + 1] → [size]',
  },

  // sparse
  spmm: {
    doc:
      'The product of a sparse matrix with `values` and a dense one, each sum in the order of ' +
      'the slots. The matrix is [V, U]: slot j of row v, ptr[v] ≤ j < ptr[v+1], is in column ' +
      'index[j]. tptr, tindex are those of the transpose, tperm[k] is the slot that its slot k ' +
      'was, perm the reverse. A column out of range reads 0. i32 wraps.',
    equation: 'y[v, f] = Σ_{ptr[v] ≤ j < ptr[v+1]} values[j] · x[index[j], f]',
    shapes: 'values [E], [U, F], ptr [V + 1], index, tptr, tindex, tperm, perm → [V, F]',
  },
  sddmm: {
    doc:
      'The product of two dense matrices, the right one transposed, at the slots of a sparse ' +
      'matrix alone. The matrix is [V, U]: slot j of row v, ptr[v] ≤ j < ptr[v+1], is in ' +
      'column index[j]. tptr, tindex are those of the transpose, tperm[k] is the slot that its ' +
      'slot k was, perm the reverse. A slot in no row or out of range of the columns gives 0. ' +
      'i32 wraps.',
    equation: 'z[j] = Σ_f x[v, f] · y[index[j], f] where ptr[v] ≤ j < ptr[v+1]',
    shapes: '[V, F], [U, F], ptr [V + 1], index, tptr, tindex, tperm, perm → [E]',
  },
  slotGather: {
    doc:
      'For each slot of a sparse matrix the row of x that its column names; 0 for a column out of ' +
      'range. tptr and tperm, the slots column by column, serve the gradient alone, which is ' +
      '`slotSum`: every result a sum of its own, where that of a `gather` is a scatter.',
    equation: 'z[j, …] = x[index[j], …]',
    shapes: '[U, …], index [E], tptr [U + 1], tperm [E] → [E, …]',
  },
  slotSum: {
    doc:
      'For each column of a sparse matrix the sum over its slots, in the order of tperm: slots ' +
      'tperm[tptr[u]] to tperm[tptr[u + 1] - 1]; 0 over none. The transpose of `slotGather`, ' +
      'for whose sake it takes `index`. i32 wraps.',
    equation: 'y[u, …] = Σ_{tptr[u] ≤ k < tptr[u+1]} z[tperm[k], …]',
    shapes: '[E, …], index [E], tptr [U + 1], tperm [E] → [U, …]',
  },

  // indexed
  argsort: {
    doc:
      'The positions, as i32, of the first `count` elements along an axis in ascending or ' +
      'descending order; equal elements keep theirs, -0 equals 0, and NaN counts as the ' +
      'largest.',
    equation: 'y_k = the position of the k-th element in order',
    shapes: '[…, d, …] → […, count, …]',
  },

  // reduce
  cumsum: {
    doc:
      'The sum of the elements up to each one along an axis, added one after the other from 0; ' +
      '`reverse` begins at the end, `exclusive` leaves the element itself out. i32 and u8 wrap.',
    equation: 'y_k = Σ_{i ≤ k} x_i',
    shapes: 'S → S',
  },

  // indexed
  dynamicSlice: {
    doc:
      'A window of fixed sizes that begins at `start`, an i32 vector with an entry per axis; a ' +
      'start that would let it stick out is moved to the nearest that does not, as in XLA.',
    equation: 'y[i] = x[clamp(start, 0, extent - size) + i]',
    shapes: 'S, [rank] → sizes',
  },
  dynamicUpdate: {
    doc:
      'x with the elements of a window replaced by those of `update`; the window begins at ' +
      '`start`, moved as in dynamicSlice.',
    equation: 'y[clamp(start, 0, extent - size) + i] = update[i], y = x elsewhere',
    shapes: 'S, sizes, [rank] → S',
  },

  // control
  scan: {
    doc:
      'A graph repeated T times: it takes carries, slices of the stacked inputs, and ' +
      'constants, and gives the next carries and what is stacked. Its results are read through ' +
      '`scanResult`.',
    equation: '(c[t+1], y[t]) = body(c[t], x[t], w)',
    shapes: 'C, [T, …X], W → C, [T, …Y]',
  },
  scanResult: {
    doc: 'One result of a scan: a carry after the last step, or an output of all steps, stacked.',
    equation: 'z = c[T], or z[t] = y[t]',
    shapes: 'scan → C or [T, …Y]',
  },
};
