/** JSON, but telling -0, NaN and the infinities apart: equal texts mean equal values. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v !== 'number') return v;
    return Object.is(v, -0) || !Number.isFinite(v) ? `#${Object.is(v, -0) ? '-0' : v}` : v;
  });
}
