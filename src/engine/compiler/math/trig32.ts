import { constant } from '../ir/builder.js';
import type { FuncBuilder } from '../ir/builder.js';
import { scalar } from '../ir/ir.js';
import type { Val } from '../ir/ir.js';
import { horner, intLike, like, shift } from './pieces.js';
import { fractionOfProduct, windowOf } from './words.js';

/**
 * sin and cos in f32: |x| = n π/2 + r with |r| ≤ π/4, then one of two polynomials by the quadrant n.
 *
 * Up to 2¹² π/2 ≈ 6434, n π/2 is subtracted in parts whose products with n are exact, and what the
 * differences lose is carried along. Where any lane holds a larger finite number, 2/π is taken to
 * as many bits as needed, in integers (Payne and Hanek 1983), so that every result is right.
 */

const TWO_OVER_PI = 0.6366197466850281;
const MAGIC = 12582912;
/** π/2 less 4e-22, in parts of 8, 12, 12 and 24 bits. */
const HALF_PI = [
  1.5703125, 0.0004838705062866211, -4.371395334601402e-8, 2.5633440682570896e-12,
] as const;
/** The largest |x| of the fast way: n ≤ 2¹². */
const FAST_LIMIT = 6433;

/** 2^-12 / 2π, in words of 32 bits behind the binary point. */
const TURNS = [0x28be6, 0xdb93910, 0x54a7f09d, 0x5f47d4d3, 0x77036d8a, 0x5664f10e, 0x4107f945];
/** The first 32 bits of π/4. */
const QUARTER_PI = 0xc90fdaa2;

/** (sin r - r) / r³ by powers of r², |r| ≤ π/4: 4.0e-9 of sin r (`sin32` of scripts/minimax.py). */
const SIN_TAIL = [-0.16666655242443085, 0.008332188241183758, -0.00019518093904480338];
/** (cos r - 1 + r²/2) / r⁴ likewise: 1.2e-10 of cos r (`cos32`). */
const COS_TAIL = [0.04166664555668831, -0.0013887309469282627, 2.4432327336398885e-5];

interface Angle {
  /** The quadrant, in the low two bits. */
  readonly quadrant: Val;
  readonly r: Val;
}

function reduceSmall(b: FuncBuilder, size: Val): Angle {
  const magic = like(size, MAGIC);
  const t = b.add(b.mul(size, like(size, TWO_OVER_PI)), magic);
  const n = b.sub(t, magic);
  const part = (k: 0 | 1 | 2 | 3): Val => b.mul(n, like(size, HALF_PI[k]));
  const high = b.sub(b.sub(size, part(0)), part(1)); // exact
  const third = part(2);
  const main = b.sub(high, third);
  const lost = b.sub(b.sub(high, main), third);
  return { quadrant: b.bitcast('i32', t), r: b.add(main, b.sub(lost, part(3))) };
}

/** For 2¹² ≤ |x| < ∞: x / 2π modulo 1 in 64 bits, then its part within the quadrant times 2π. */
function reduceLarge(b: FuncBuilder, size: Val): Angle {
  const bits = b.bitcast('i32', size);
  const int = (value: number): Val => intLike(size, value);
  // |x| / 2π = mantissa · 2^e · TURNS, and 2^e moves the window on the table.
  const e = b.sub(shift(b, 'shrU', bits, 23), int(138));
  const [index, rest] = [shift(b, 'shrU', e, 5), b.bin('and', e, int(31))];
  // -(2^rest): 2³¹ itself would not be an i32.
  const minusPower = b.add(shift(b, 'shl', rest, 23), int(0xbf800000));
  const power = b.sub(int(0), b.convert('i32', b.bitcast('f32', minusPower)));
  const mantissa = b.bin('or', b.bin('and', bits, int(0x7fffff)), int(0x800000));
  const product = [b.bin('mulHiU', mantissa, power), b.mul(mantissa, power)];
  const window = windowOf(b, TURNS, index, 2, 4);
  const turn = fractionOfProduct(b, { words: product, first: -1 }, { words: window, first: 1 }, 2);
  const quadrant = shift(b, 'shrU', b.add(turn[0]!, int(0x20000000)), 30);
  const within = b.sub(turn[0]!, shift(b, 'shl', quadrant, 30));
  const sign = shift(b, 'shrS', within, 31);
  const words = [b.bin('xor', within, sign), b.bin('xor', turn[1]!, sign)];
  const [high, low] = fractionOfProduct(
    b,
    { words, first: 1 },
    { words: [int(QUARTER_PI)], first: 1 },
    2,
  ) as [Val, Val];
  const part = (v: Val, scale: number): Val => b.mul(b.convert('f32', v), like(size, scale));
  const last = b.add(
    part(b.bin('and', high, int(0xfff)), 2 ** -29),
    part(shift(b, 'shrU', low, 1), 2 ** -60),
  );
  const r = b.add(part(b.bin('and', high, int(~0xfff)), 2 ** -29), last);
  return { quadrant, r: flip(b, r, sign) };
}

/** r with its sign turned where the top bit of `by` is set. */
function flip(b: FuncBuilder, r: Val, by: Val): Val {
  const bit = b.bin('and', by, intLike(by, 0x80000000));
  return b.bitcast('f32', b.bin('xor', b.bitcast('i32', r), bit));
}

/** The largest lane of a vector whose number of lanes is a power of 2. */
function largestLane(b: FuncBuilder, v: Val): Val {
  const { lanes } = v.ty;
  let most = v;
  for (let half = lanes >> 1; half >= 1; half >>= 1) {
    const turned = Array.from({ length: lanes }, (_, k) => k ^ half);
    most = b.bin('max', most, b.shuffle(most, most, turned));
  }
  return lanes === 1 ? v : b.lane(most, 0);
}

function reduce(b: FuncBuilder, size: Val): Angle {
  const fast = reduceSmall(b, size);
  const r = b.declare(fast.r);
  const quadrant = b.declare(fast.quadrant);
  const finite = b.select(b.cmp('lt', size, like(size, Infinity)), size, like(size, 0));
  const limit = like(size, FAST_LIMIT);
  b.if(b.cmp('gt', largestLane(b, finite), constant(scalar('f32'), FAST_LIMIT)), () => {
    const slow = reduceLarge(b, size);
    const large = b.cmp('gt', finite, limit);
    b.assign(r, b.select(large, slow.r, fast.r));
    b.assign(quadrant, b.select(large, slow.quadrant, fast.quadrant));
  });
  return { quadrant: b.read(quadrant), r: b.read(r) };
}

function sinOf(b: FuncBuilder, r: Val, z: Val): Val {
  return b.add(r, b.mul(b.mul(r, z), horner(b, z, SIN_TAIL)));
}

function cosOf(b: FuncBuilder, z: Val): Val {
  const tail = b.mul(b.mul(z, z), horner(b, z, COS_TAIL));
  return b.add(b.sub(like(z, 1), b.mul(z, like(z, 0.5))), tail);
}

/** sin of the angle, before the sign of the quadrant: that is bit 1 of `quadrant`. */
function turned(b: FuncBuilder, quadrant: Val, r: Val): Val {
  const z = b.mul(r, r);
  const odd = b.cmp('ne', b.bin('and', quadrant, intLike(quadrant, 1)), intLike(quadrant, 0));
  return b.select(odd, cosOf(b, z), sinOf(b, r, z));
}

/** Sine in f32: at most 1.59 ulp over all arguments. */
export function sin32(b: FuncBuilder, x: Val): Val {
  const { quadrant, r } = reduce(b, b.un('abs', x));
  const sign = b.bin('xor', shift(b, 'shl', quadrant, 30), b.bitcast('i32', x));
  return flip(b, turned(b, quadrant, r), sign);
}

/** Cosine in f32, the sine a quadrant on: at most 1.59 ulp over all arguments. */
export function cos32(b: FuncBuilder, x: Val): Val {
  const { quadrant, r } = reduce(b, b.un('abs', x));
  const next = b.add(quadrant, intLike(quadrant, 1));
  return flip(b, turned(b, next, r), shift(b, 'shl', next, 30));
}
