import type { Goal } from './goals.js';

/** What bounds a goal that was missed, and what was tried: of goals whose text fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /LeNet, 5 × 5: gradients within/,
    'The gradient of the input is 14 × 14 out of 10 × 10, with zeros all around. Those above and below ' +
      'are left out row by row; those to the left and right are multiplied, since lanes run along the ' +
      'row: 1.4 times the products that count. A product by taps and a sum of windows behind it would ' +
      'count only these, but stores 25 numbers for each.',
  ],
  [
    /native product, n = (256|1024)/,
    'On one thread between 82 and 91% in several runs, on all cores between 80 and 89%, the least while ' +
      'something else ran; JAX’s product is level with it or a few percent behind. The same tile reaches ' +
      '94% at 512; twelve rows that share a set of L1 gained a percent at 1024.',
  ],
  [
    /dilation 2, all three/,
    'Forward and gradient of the input run at the speed of the undilated layer; PyTorch’s dilated layer ' +
      'is faster than its undilated one.',
  ],
  [
    /depthwise, all three/,
    'Bound by loads: nine multiply-adds for each element. PyTorch is ahead in the gradient of the weight, ' +
      'and needs no pass of its own for the padding.',
  ],
  [
    /CNN, batch 64: 2× PyTorch/,
    'Its convolutions run at 83–91% of the peak and are 55% of the step. The rest are poolings and their ' +
      'gradients on rows of 14 and 7, half of what a vector of 16 lanes holds.',
  ],
  [
    /LSTM, T 64, batch 32: 1\.15× PyTorch/,
    'Four fifths of the step are products: those with 256 units at 80–95% of the peak, those with the 64 ' +
      'inputs at 60%. The gates are one kernel, and so are their gradients.',
  ],
  [
    /WebAssembly, LSTM: 30×/,
    'Three quarters of the step are products at 88–96% of what WebAssembly’s separate multiplication and ' +
      'addition can do.',
  ],
  [
    /WebAssembly product, n = 512, all cores/,
    'Rounds differ by a factor of two where another process wants one of the cores: see the quartiles.',
  ],
  [
    /training step: 5× jax-js/,
    'The products of this step alone are 68 MFLOP, 1.1 ms at the peak of WebAssembly without relaxed SIMD: ' +
      'on one thread about 3.4 times jax-js is the most there can be.',
  ],
  [
    /an MLP with Adam in under 120 kB by gzip, esbuild/,
    'The same code as Vite’s bundle, by a minifier that leaves 3.5% more. Nine tenths are tensors, operations ' +
      'and compiler: a page compiles what it computes, and any operation may come up in a gradient. What is ' +
      'to be read of the operations is left out already, which took 4 kB off.',
  ],
  [
    /(segment sum|spmm): linear/,
    'Linear as long as the rows lie in one level of the memory; the bar of 20 is passed where they leave ' +
      'L2 and L3. At 10^7 edges nearly every row that spmm picks is a cache miss, for PyTorch as well.',
  ],
];

/** The missed goals that something is known of, with that. */
export function reasonsOf(goals: readonly Goal[]): string[] {
  return REASONS.flatMap(([pattern, why]) => {
    const missed = goals.filter((goal) => !goal.met && pattern.test(goal.text));
    return missed.map((goal) => `- *${goal.text}* (${goal.measured}): ${why}`);
  });
}
