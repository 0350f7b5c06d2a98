/** Eighths of a line of text, from below. */
const BARS = '▁▂▃▄▅▆▇█';

/**
 * A curve as one line of text, a character for each value; a blank for NaN.
 *
 * @param top What is above it looks like it. Default the highest value.
 */
export function sparkline(values: readonly number[], top = Infinity): string {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.min(top, Math.max(...finite)) - low;
  return values
    .map((value) => {
      if (Number.isNaN(value)) return ' ';
      const share = range <= 0 ? 0 : Math.min((value - low) / range, 1);
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]!;
    })
    .join('');
}

/** Means of as many parts of equal length as there are columns; fewer values stay as they are. */
export function thinned(values: readonly number[], columns: number): number[] {
  if (values.length <= columns) return [...values];
  return Array.from({ length: columns }, (_, i) => {
    const from = Math.floor((i * values.length) / columns);
    const part = values.slice(from, Math.floor(((i + 1) * values.length) / columns));
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
}
