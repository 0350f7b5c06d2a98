import { isFloat, roundTo } from '../core/dtype.js';
import { elementwise } from './elementwise.js';
import {
  ALL,
  checkDtype,
  checkSameDtype,
  checkSameShape,
  operands,
  wantedDtype,
} from './operands.js';

const where = elementwise('where', 3, {
  dtypes: ALL,
  infer: (inputs) => {
    const [cond, x, y] = operands('where', inputs, 3);
    checkDtype('where', cond!, ['bool'], 'condition');
    checkSameDtype('where', [x!, y!]);
    checkSameShape('where', inputs);
    return { shape: x!.shape, dtype: x!.dtype };
  },
  scalar: (_dtype, cond, x, y) => (cond !== 0 ? x! : y!),
  gradient: (b, node, g) => {
    const cond = node.inputs[0]!;
    const zero = b.like(g, 0);
    return [null, b.where(cond, g, zero), b.where(cond, zero, g)];
  },
});

const cast = elementwise('cast', 1, {
  dtypes: ALL,
  infer: (inputs, _attrs, wanted) => {
    const [x] = operands('cast', inputs, 1);
    return { shape: x.shape, dtype: wantedDtype('cast', wanted) };
  },
  scalar: (dtype, x) => roundTo(dtype, x!),
  gradient: (b, node, g) => {
    const { dtype } = node.inputs[0]!;
    return [isFloat(dtype) ? b.cast(g, dtype) : null];
  },
});

export const SELECT = { where, cast };
