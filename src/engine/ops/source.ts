import { InternalError } from '../core/errors.js';
import { ArgumentError, ShapeError } from '../core/errors.js';
import { randomWords } from '../core/philox.js';
import { formatShape, sameShape, sizeOf } from '../core/shape.js';
import { offsetsOf } from './strided.js';
import {
  ALL,
  NUMERIC,
  checkAxis,
  checkDtype,
  operands,
  wantedDtype,
  wantedShape,
} from './operands.js';
import type { OpRow } from './row.js';

const NO_OPERANDS = { none: 'it has no operands' } as const;

const leaf: OpRow<'leaf'> = {
  name: 'leaf',
  family: 'source',
  dtypes: ALL,
  infer(inputs, _attrs, wanted) {
    operands('leaf', inputs, 0);
    return { shape: wantedShape('leaf', wanted), dtype: wantedDtype('leaf', wanted) };
  },
  reference() {
    throw new InternalError(
      'internal: a leaf is bound to a value, not computed; please report this.',
    );
  },
  gradient: NO_OPERANDS,
};

const constant: OpRow<'constant'> = {
  name: 'constant',
  family: 'source',
  dtypes: ALL,
  infer(inputs, _attrs, wanted) {
    operands('constant', inputs, 0);
    return { shape: wantedShape('constant', wanted), dtype: wantedDtype('constant', wanted) };
  },
  reference: (_inputs, attrs, out) => new Float64Array(sizeOf(out.shape)).fill(attrs.value),
  gradient: NO_OPERANDS,
};

const iota: OpRow<'iota'> = {
  name: 'iota',
  family: 'source',
  dtypes: NUMERIC,
  infer(inputs, attrs, wanted) {
    operands('iota', inputs, 0);
    const result = { shape: wantedShape('iota', wanted), dtype: wantedDtype('iota', wanted) };
    checkDtype('iota', result, NUMERIC, 'result');
    checkAxis('iota', attrs.axis, result.shape);
    return result;
  },
  reference: (_inputs, attrs, out) =>
    offsetsOf(
      out.shape,
      out.shape.map((_, axis) => (axis === attrs.axis ? 1 : 0)),
    ),
  gradient: NO_OPERANDS,
};

const randomBits: OpRow<'randomBits'> = {
  name: 'randomBits',
  family: 'source',
  dtypes: ['i32'],
  infer(inputs, attrs, wanted) {
    const [state] = operands('randomBits', inputs, 1);
    checkDtype('randomBits', state, ['i32'], 'state');
    if (!sameShape(state.shape, [4])) {
      throw new ShapeError(
        `randomBits: state has shape ${formatShape(state.shape)}; ` +
          `give the four words [key, key, counter low, counter high].`,
      );
    }
    if (!Number.isSafeInteger(attrs.offset) || attrs.offset < 0) {
      throw new ArgumentError(
        `randomBits: offset is ${attrs.offset}; use an integer of 0 … 2^53 - 1.`,
      );
    }
    return { shape: wantedShape('randomBits', wanted), dtype: 'i32' };
  },
  reference: ([state], attrs, out) =>
    Float64Array.from(randomWords(state!.data, attrs.offset, sizeOf(out.shape))),
  gradient: { none: 'bits have no derivative' },
};

export const SOURCE = { leaf, constant, iota, randomBits };
