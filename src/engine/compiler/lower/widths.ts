/** The narrowest vectors in use: 128 bits of 32-bit elements. */
const NARROWEST = 4;

/**
 * Elements at a time in which a run is gone through: whole vectors, at its end halves and quarters
 * of one, then single elements. Each width is a copy of the code, so of a `length` that is known
 * there are only those it needs.
 */
export function widthsFor(lanes: number, length?: number): number[] {
  const widths: number[] = [];
  for (let w = lanes; w > 1 && (w === lanes || w >= NARROWEST); w /= 2) widths.push(w);
  widths.push(1);
  if (length === undefined) return widths;
  let left = length;
  return widths.filter((w) => {
    const used = left >= w;
    left %= w;
    return used;
  });
}

/** The vectors and single elements that a run of `length` is, one after the other. */
export function runsOf(lanes: number, length: number): { start: number; width: number }[] {
  const runs: { start: number; width: number }[] = [];
  let start = 0;
  for (const width of widthsFor(lanes, length)) {
    for (; start + width <= length; start += width) runs.push({ start, width });
  }
  return runs;
}

/**
 * The width of two vectors that cover a run together, overlapping, where it would otherwise be more
 * than two. Both must be computed before either is stored.
 */
export function overlapOf(lanes: number, length: number): number | undefined {
  if (runsOf(lanes, length).length <= 2) return undefined;
  for (let w = lanes; w >= NARROWEST; w /= 2) if (w < length && length < 2 * w) return w;
  return undefined;
}
