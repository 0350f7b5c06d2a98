import type { FuncBuilder } from '../ir/builder.js';
import type { Val } from '../ir/ir.js';
import { horner, intLike, like, shift } from './pieces.js';
import { fractionOfProduct, windowOf } from './words.js';

/**
 * sin and cos in scalar f64: as in f32, with r in two parts. The errors stated are the largest in
 * eight million random arguments.
 */

const TWO_OVER_PI = 0.6366197723675814;
const MAGIC = 6755399441055744;
/** π/2 in parts of 33, 33, 33 and 53 bits. */
const HALF_PI = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
] as const;
/** The largest |x| of the fast way: n ≤ 2²⁰. */
const FAST_LIMIT = 1647099;

/** 2^-33 / 2π, in words of 32 bits behind the binary point. */
const TURNS = [
  0x0, 0x145f306d, 0xc9c882a5, 0x3f84eafa, 0x3ea69bb8, 0x1b6c52b3, 0x27887208, 0x3fca2c75,
  0x7bd778ac, 0x36e48dc7, 0x4849ba5c, 0xc925dd, 0x413a3243, 0x9fc3bd63, 0x962534e7, 0xdd1046be,
  0xa5d76890, 0x9d338e04, 0xd68befc8, 0x27323ac7, 0x306a673e, 0x93908bf1, 0x77bf2507, 0x63ff12ff,
  0xfbc0b301, 0xfde5e231, 0x6b414da3, 0xeda6cfd9, 0xe4f96136, 0xe9e8c7ec, 0xd3cbfd45, 0xaea4f758,
  0xfd7cbe2f, 0x67a0e73e, 0xf14a525d, 0x4d7f6bf6, 0x23f1aba1, 0xac06608,
];
/** π/4 to 96 bits. */
const QUARTER_PI = [0xc90fdaa2, 0x2168c234, 0xc4c6628b];

/** (sin r - r) / r³ by powers of r², |r| ≤ π/4: 3.8e-18 of sin r (`sin64` of scripts/minimax.py). */
const SIN_TAIL = [
  -0.1666666666666663, 0.00833333333332184, -0.00019841269829358517, 2.755731353850443e-6,
  -2.505073438660483e-8, 1.5895433063714872e-10,
];
/** (cos r - 1 + r²/2) / r⁴ likewise: 5.7e-20 of cos r (`cos64`). */
const COS_TAIL = [
  0.041666666666666595, -0.0013888888888873325, 2.4801587288983604e-5, -2.7557314210027937e-7,
  2.0875704261875036e-9, -1.135868276752156e-11,
];

interface Angle {
  /** The quadrant, in the low two bits. */
  readonly quadrant: Val;
  readonly r: Val;
  /** What r lacks. */
  readonly low: Val;
}

/** a + c as a rounded sum and the rest, where |a| ≥ |c| or the sum is exact. */
function sumOf(b: FuncBuilder, a: Val, c: Val): [Val, Val] {
  const sum = b.add(a, c);
  return [sum, b.sub(c, b.sub(sum, a))];
}

function reduceSmall(b: FuncBuilder, size: Val): Angle {
  const magic = like(size, MAGIC);
  const t = b.add(b.mul(size, like(size, TWO_OVER_PI)), magic);
  const n = b.sub(t, magic);
  const part = (k: 0 | 1 | 2 | 3): Val => b.mul(n, like(size, -HALF_PI[k]));
  const first = b.add(size, part(0)); // exact
  const [second, lost] = sumOf(b, first, part(1));
  const [third, lostToo] = sumOf(b, second, part(2));
  const [r, low] = sumOf(b, third, b.add(b.add(lost, lostToo), part(3)));
  return { quadrant: b.loWord(t), r, low };
}

/** A word as the unsigned number that it is, times `scale`. */
function unsigned(b: FuncBuilder, word: Val, scale: number): Val {
  const bits = b.fromWords(intLike(word, 0x43300000), word); // 2⁵² + word
  return b.mul(b.sub(bits, like(bits, 2 ** 52)), like(bits, scale));
}

/** x 2^(rest)/2^e of a large x, as an integer of three words: its mantissa times 2^rest. */
function shiftedMantissa(b: FuncBuilder, size: Val, rest: Val): Val[] {
  const int = (value: number): Val => intLike(rest, value);
  const minus = b.fromWords(b.add(shift(b, 'shl', rest, 20), int(0xbff00000)), int(0));
  const power = b.sub(int(0), b.convert('i32', minus));
  const high = b.bin('or', b.bin('and', b.hiWord(size), int(0xfffff)), int(0x100000));
  const low = b.loWord(size);
  return [
    b.bin('mulHiU', high, power),
    b.bin('or', b.mul(high, power), b.bin('mulHiU', low, power)),
    b.mul(low, power),
  ];
}

/** Payne and Hanek's reduction for 2²⁰ ≤ |x| < ∞, in 128 bits: see `trig32.ts`. */
function reduceLarge(b: FuncBuilder, size: Val): Angle {
  const int = (value: number): Val => ({ kind: 'const', ty: { elem: 'i32', lanes: 1 }, value });
  // |x| / 2π = mantissa · 2^e · TURNS
  const e = b.sub(shift(b, 'shrU', b.hiWord(size), 20), int(1042));
  const product = shiftedMantissa(b, size, b.bin('and', e, int(31)));
  const window = windowOf(b, TURNS, shift(b, 'shrU', e, 5), 5, 7);
  const turn = fractionOfProduct(b, { words: product, first: -2 }, { words: window, first: 1 }, 4);
  const quadrant = shift(b, 'shrU', b.add(turn[0]!, int(0x20000000)), 30);
  const within = b.sub(turn[0]!, shift(b, 'shl', quadrant, 30));
  const sign = shift(b, 'shrS', within, 31);
  const words = [within, ...turn.slice(1)].map((w) => b.bin('xor', w, sign));
  const quarter = { words: QUARTER_PI.map((w) => int(w | 0)), first: 1 };
  const h = fractionOfProduct(b, { words, first: 1 }, quarter, 4);
  const tail = b.add(unsigned(b, h[2]!, 2 ** -93), unsigned(b, h[3]!, 2 ** -125));
  const rest = b.add(unsigned(b, h[1]!, 2 ** -61), tail);
  const [r, low] = sumOf(b, unsigned(b, h[0]!, 2 ** -29), rest);
  return { quadrant, r: flip(b, r, sign), low: flip(b, low, sign) };
}

/** r with its sign turned where the top bit of `by` is set. */
function flip(b: FuncBuilder, r: Val, by: Val): Val {
  const bit = b.bin('and', by, intLike(by, 0x80000000));
  return b.fromWords(b.bin('xor', b.hiWord(r), bit), b.loWord(r));
}

function reduce(b: FuncBuilder, size: Val): Angle {
  const fast = reduceSmall(b, size);
  const r = b.declare(fast.r);
  const low = b.declare(fast.low);
  const quadrant = b.declare(fast.quadrant);
  const finite = b.select(b.cmp('lt', size, like(size, Infinity)), size, like(size, 0));
  b.if(b.cmp('gt', finite, like(size, FAST_LIMIT)), () => {
    const slow = reduceLarge(b, size);
    b.assign(r, slow.r);
    b.assign(low, slow.low);
    b.assign(quadrant, slow.quadrant);
  });
  return { quadrant: b.read(quadrant), r: b.read(r), low: b.read(low) };
}

/** sin(r + low) */
function sinOf(b: FuncBuilder, { r, low }: Angle, z: Val): Val {
  const tail = b.mul(b.mul(r, z), horner(b, z, SIN_TAIL));
  const lower = b.sub(low, b.mul(b.mul(z, like(z, 0.5)), low));
  return b.add(r, b.add(tail, lower));
}

/** cos(r + low) = 1 - z/2 + …, with what 1 - z/2 loses. */
function cosOf(b: FuncBuilder, { r, low }: Angle, z: Val): Val {
  const one = like(z, 1);
  const half = b.mul(z, like(z, 0.5));
  const head = b.sub(one, half);
  const lost = b.sub(b.sub(one, head), half);
  const tail = b.sub(b.mul(b.mul(z, z), horner(b, z, COS_TAIL)), b.mul(r, low));
  return b.add(head, b.add(lost, tail));
}

function turned(b: FuncBuilder, quadrant: Val, angle: Angle): Val {
  const z = b.mul(angle.r, angle.r);
  const odd = b.cmp('ne', b.bin('and', quadrant, intLike(quadrant, 1)), intLike(quadrant, 0));
  return b.select(odd, cosOf(b, angle, z), sinOf(b, angle, z));
}

/** Sine in f64: 0.78 ulp, also for huge arguments. */
export function sin64(b: FuncBuilder, x: Val): Val {
  const angle = reduce(b, b.un('abs', x));
  const sign = b.bin('xor', shift(b, 'shl', angle.quadrant, 30), b.hiWord(x));
  return flip(b, turned(b, angle.quadrant, angle), sign);
}

/** Cosine in f64, the sine a quadrant on: 0.78 ulp, also for huge arguments. */
export function cos64(b: FuncBuilder, x: Val): Val {
  const angle = reduce(b, b.un('abs', x));
  const next = b.add(angle.quadrant, intLike(angle.quadrant, 1));
  return flip(b, turned(b, next, angle), shift(b, 'shl', next, 30));
}
