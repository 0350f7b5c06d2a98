/** Sizes that depend on the sizes of a call: base + Σ coefficient · size of symbol. */

/** The sizes of a call, one per symbol. */
export type Sizes = readonly number[];

/** An extent as a function of the sizes of a call. */
export interface Size {
  readonly base: number;
  /** One coefficient per symbol. */
  readonly factors: readonly number[];
}

/** Whether the extent is the same in all calls. */
export function isFixed(size: Size): boolean {
  return size.factors.every((f) => f === 0);
}

export function sizeAt(size: Size, sizes: Sizes): number {
  return size.factors.reduce((sum, factor, s) => sum + factor * sizes[s]!, size.base);
}

export function sum(a: Size, b: Size): Size {
  return { base: a.base + b.base, factors: a.factors.map((f, s) => f + b.factors[s]!) };
}

export function difference(a: Size, b: Size): Size {
  return { base: a.base - b.base, factors: a.factors.map((f, s) => f - b.factors[s]!) };
}

/** For messages: `2·N + 1`. */
export function formatSize(size: Size, symbols: readonly string[]): string {
  const terms = size.factors.flatMap((f, s) => {
    return f === 0 ? [] : [f === 1 ? symbols[s]! : `${f}·${symbols[s]!}`];
  });
  if (size.base !== 0 || terms.length === 0) terms.push(String(size.base));
  return terms.join(' + ').replaceAll('+ -', '- ');
}

/**
 * The sizes at which a function is recorded: at the bounds, with one symbol changed at a time, and
 * with all changed by different amounts, to see whether what the others tell is true.
 */
export function samplePoints(bounds: Sizes, upwards: boolean): Sizes[] {
  const moved = (size: number, by: number): number => (upwards ? size + by : size - by);
  const each = bounds.map((_, s) => bounds.map((size, i) => (i === s ? moved(size, 1) : size)));
  const all = bounds.map((size, s) => {
    if (upwards) return size + 5 + 2 * s;
    // Above half: functions that halve a size until it is 1 take as many steps.
    return Math.max(1, size - Math.max(2, Math.floor(size / 4)) - s);
  });
  return [bounds, ...each, all];
}

/** The function with the given values at the sample points, if it is of this form. */
export function fitAffine(values: readonly number[], points: readonly Sizes[]): Size | undefined {
  const start = points[0]!;
  const factors = start.map(
    (size, s) => (values[s + 1]! - values[0]!) / (points[s + 1]![s]! - size),
  );
  const base = values[0]! - start.reduce((sum, size, s) => sum + factors[s]! * size, 0);
  const fit = { base, factors };
  return values.every((v, i) => Object.is(sizeAt(fit, points[i]!), v + 0)) ? fit : undefined;
}

/** As `fitAffine`, but only with whole coefficients. */
export function fitSize(values: readonly number[], points: readonly Sizes[]): Size | undefined {
  const fit = fitAffine(values, points);
  return fit && [fit.base, ...fit.factors].every(Number.isInteger) ? fit : undefined;
}
