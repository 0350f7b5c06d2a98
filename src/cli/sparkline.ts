/** Eighths of a line of text, from below. */
const BARS = '▁▂▃▄▅▆▇█';

/** The ends of a scale; what is beyond looks as at the end. Default the least and the greatest value. */
export interface Scale {
  readonly low?: number;
  readonly top?: number;
}

/** A curve as one line of text, a character for each value; a blank for NaN. */
export function sparkline(values: readonly number[], scale: Scale = {}): string {
  const finite = values.filter(Number.isFinite);
  const { low = Math.min(...finite), top = Math.max(...finite) } = scale;
  const range = top - low;
  return values
    .map((value) => {
      if (Number.isNaN(value)) return ' ';
      const share = range <= 0 ? 0 : Math.max(0, Math.min((value - low) / range, 1));
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
