// docs/mathematics.md: how exact the elementary functions are, from what their tests check.
import { readFileSync } from 'node:fs';

const file = 'test/engine/compiler/math/functions.json';

const introduction = `<!-- Written by \`npm run docs\` from ${file}. -->

# How exact the elementary functions are

Kernels compute exp, log, tanh and the like in vectors, as polynomials over a reduced range, in
operations that every backend rounds alike: WebAssembly and C give the same bits, one value at a time
and four or sixteen. The error is in units in the last place (ulp) of the exact value; a correctly
rounded function is at 0.5.

- **f32**: the largest error over all 2³² arguments, rounded up; of \`pow\`, over operands whose powers
  cover every exponent. The tests sweep both signs of every exponent with 128 mantissas each, so
  denormals, infinities, NaN and angles of 10³⁸ are among them; all arguments are an optional run
  (\`GRADUS_EXHAUSTIVE=exp,log npx vitest run test/engine/compiler/math/exhaustive.test.ts\`).
- **f64**: the largest error found in eight million random arguments, rounded up; the tests compare with
  values of mpmath, to 106 bits.

Addition, subtraction, multiplication, division and square roots are rounded correctly, as IEEE 754 has them. The
interpreter uses the functions of the JavaScript engine, in f64, and rounds once.
`;

const equations = {
  reciprocal: '1 / x',
  round: 'nearest integer, halves to even',
  rsqrt: '1 / √x',
  sqrt: '√x',
  sigmoid: '1 / (1 + e⁻ˣ)',
  div: 'x / y',
  pow: 'xʸ',
  mod: 'x - ⌊x / y⌋ · y',
  expm1: 'eˣ - 1',
  log1p: 'ln(1 + x)',
  exp: 'eˣ',
  log: 'ln x',
  sin: 'sin x',
  cos: 'cos x',
  tanh: 'tanh x',
  erf: 'erf x',
};

/** @param {string} root Of the repository. */
export function mathematicsPage(root) {
  const functions = JSON.parse(readFileSync(`${root}/${file}`, 'utf8'));
  const lines = Object.entries(functions).map(([name, { f32, f64, exact }]) => {
    const values = [...(exact?.f32 ?? []), ...(exact?.f64 ?? [])];
    const distinct = new Map(values.map(([x, y]) => [`${short(x)} ↦ ${short(y)}`, true]));
    const cells = [
      `\`${name}\``,
      equations[name],
      ulp(f32),
      ulp(f64),
      [...distinct.keys()].join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head =
    '| Function | Value | f32, ulp | f64, ulp | Values met exactly |\n|---|---|--:|--:|---|';
  return `${introduction}\n${head}\n${lines.join('\n')}\n${special}`;
}

const special = `
NaN gives NaN everywhere, but for x⁰ = 1 and 1ʸ = 1. Powers of special operands are C99's, for every
pair of zeros, ones, infinities, halves, denormals and large integers. The remainder is exact for all
operands, and has the divisor's sign. Every function keeps the sign of a zero where its value is one.
`;

const ulp = (bound) => (bound === 0 ? 'exact' : String(bound));
const short = (x) => x.replace('Infinity', '∞').replace('-', '−');
