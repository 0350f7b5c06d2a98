import type { DType } from '../../core/dtype.js';
import { InternalError } from '../../core/errors.js';
import type { FuncBuilder } from '../ir/builder.js';
import { constant, i32 } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';

const SIGN = -2147483648;

/**
 * Unsigned words, the first counting most, that are in the order of the values: -0 as 0, NaN last;
 * turned around if `descending`, NaN first. u8 stays within 0…255.
 */
export function keyWords(b: FuncBuilder, x: Val, dtype: DType, descending: boolean): Val[] {
  const ascending = ascendingWords(b, x, dtype);
  if (!descending) return ascending;
  const mask = i32(dtype === 'u8' ? 255 : -1);
  return ascending.map((word) => b.bin('xor', word, mask));
}

function ascendingWords(b: FuncBuilder, x: Val, dtype: DType): Val[] {
  switch (dtype) {
    case 'u8':
      return [x];
    case 'i32':
      return [b.bin('xor', x, i32(SIGN))];
    case 'f32': {
      const bits = b.bitcast('i32', positiveZero(b, x));
      return lastIfNaN(b, x, [rising(b, bits, bits)]);
    }
    case 'f64': {
      const zero = positiveZero(b, x);
      const high = b.hiWord(zero);
      const low = b.bin('xor', b.loWord(zero), b.bin('shrS', high, i32(31)));
      return lastIfNaN(b, x, [rising(b, high, high), low]);
    }
    case 'bool':
      throw new InternalError('internal: bool has no sorting key.');
  }
}

/** -0 becomes 0, everything else stays. */
function positiveZero(b: FuncBuilder, x: Val): Val {
  return b.add(x, constant(x.ty, 0));
}

/** The word that holds a float's sign, so that it rises with the float as unsigned. */
function rising(b: FuncBuilder, word: Val, sign: Val): Val {
  return b.bin('xor', word, b.bin('or', b.bin('shrS', sign, i32(31)), i32(SIGN)));
}

function lastIfNaN(b: FuncBuilder, x: Val, words: readonly Val[]): Val[] {
  const nan = b.cmp('ne', x, x);
  return words.map((word) => b.select(nan, i32(-1), word));
}
