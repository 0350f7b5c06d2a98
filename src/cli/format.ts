/** Numbers as people read them. */

/** 0.8853 as '88.5%'. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** 52114.0817 as '52,114.1': six digits. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return String(Number(value.toPrecision(6)));
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

/** 55000 as '55,000'. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** A duration in seconds as '3.2 s', '2:05' or '1:00:00'. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = `:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}${rest}` : `${minutes}${rest}`;
}

/** Rows with their columns aligned; the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('   ')
      .trimEnd(),
  );
}
