/** What depends on the order of the elements along an axis. */
import { isFloat } from '../core/dtype.js';
import { ArgumentError } from '../core/errors.js';
import { formatShape } from '../core/shape.js';
import { NUMERIC, checkAxis, checkDtype, operands } from './operands.js';
import type { OpRow } from './row.js';
import { offsetsAlong, otherAxes } from './strided.js';

/** Below 0 where x stands before y; NaN stands behind everything, and beside NaN. */
function compareNumbers(x: number, y: number): number {
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
  if (Number.isNaN(y)) return -1;
  return x < y ? -1 : x > y ? 1 : 0;
}

const argsort: OpRow<'argsort'> = {
  name: 'argsort',
  family: 'indexed',
  dtypes: NUMERIC,
  infer(inputs, { axis, count }) {
    const [x] = operands('argsort', inputs, 1);
    checkDtype('argsort', x, NUMERIC);
    checkAxis('argsort', axis, x.shape);
    if (!Number.isInteger(count) || count < 0 || count > x.shape[axis]!) {
      throw new ArgumentError(
        `argsort: count is ${count} for axis ${axis} of shape ${formatShape(x.shape)}; ` +
          `use 0…${x.shape[axis]!}.`,
      );
    }
    return { shape: x.shape.map((d, i) => (i === axis ? count : d)), dtype: 'i32' };
  },
  reference([x], { axis, descending, count }, out) {
    const along = offsetsAlong(x!.shape, [axis]);
    const others = otherAxes(x!.shape.length, [axis]);
    const from = offsetsAlong(x!.shape, others);
    const to = offsetsAlong(out.shape, others);
    const places = offsetsAlong(out.shape, [axis]);
    const data = new Float64Array(to.length * count);
    const sign = descending ? -1 : 1;
    from.forEach((base, line) => {
      const values = Array.from(along, (offset) => x!.data[base + offset]!);
      const order = values.map((_, i) => i);
      order.sort((i, j) => sign * compareNumbers(values[i]!, values[j]!) || i - j);
      for (let k = 0; k < count; k++) data[to[line]! + places[k]!] = order[k]!;
    });
    return data;
  },
  gradient: { none: 'a position has no derivative' },
};

const cumsum: OpRow<'cumsum'> = {
  name: 'cumsum',
  family: 'reduce',
  dtypes: NUMERIC,
  infer(inputs, { axis }) {
    const [x] = operands('cumsum', inputs, 1);
    checkDtype('cumsum', x, NUMERIC);
    checkAxis('cumsum', axis, x.shape);
    return { shape: x.shape, dtype: x.dtype };
  },
  reference([x], { axis, reverse, exclusive }) {
    const along = offsetsAlong(x!.shape, [axis]);
    if (reverse) along.reverse();
    const integer = !isFloat(x!.dtype);
    const data = new Float64Array(x!.data.length);
    for (const base of offsetsAlong(x!.shape, otherAxes(x!.shape.length, [axis]))) {
      let sum = 0;
      for (const offset of along) {
        const before = sum;
        sum += x!.data[base + offset]!;
        if (integer) sum |= 0;
        data[base + offset] = exclusive ? before : sum;
      }
    }
    return data;
  },
  gradient: (b, node, g) => [b.cumsum(g, { ...node.attrs, reverse: !node.attrs.reverse })],
};

export const ORDERED = { argsort, cumsum };
