/** Windows over spatial axes, drawn for property tests. */
import fc from 'fast-check';

export interface WindowAxis {
  readonly extent: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: readonly [number, number];
}

const side = fc.integer({ min: -1, max: 4 });

/** One to three axes on each of which a window fits, with padding that may be negative or large. */
export const windowAxes: fc.Arbitrary<WindowAxis[]> = fc.array(
  fc
    .record({
      size: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      padding: fc.tuple(side, side),
      extra: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ extra, ...axis }) => {
      const cut = axis.padding.reduce((sum, p) => sum + Math.min(0, p), 0);
      return { ...axis, extent: axis.dilation * (axis.size - 1) + 1 + extra - cut };
    }),
  { minLength: 1, maxLength: 3 },
);

/** The options of `conv` for such axes. */
export function slidingOf(axes: readonly WindowAxis[]) {
  return {
    stride: axes.map((a) => a.stride),
    dilation: axes.map((a) => a.dilation),
    padding: axes.map((a) => a.padding),
  };
}
