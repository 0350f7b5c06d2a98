/** Numbers as the reports in plain words have them. */

/** The relative change from a to b. */
export function change(a: number, b: number): number {
  return a === b ? 0 : (b - a) / Math.abs(a);
}

/** Three digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** With one decimal. */
export function percentOf(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
