/** Every function that scikit-learn has too, against it. */
// covers: src/metrics/index.ts, src/metrics/metric.ts, src/metrics/averaging.ts
import { describe, expect, test } from 'vitest';
import * as metrics from '../../src/metrics/index.js';
import { golden } from '../nn/check.js';

type Json = number | string | boolean | readonly Json[] | { readonly [key: string]: Json };

interface Case {
  readonly name: string;
  readonly data: string;
  readonly columns: readonly string[];
  readonly options: Readonly<Record<string, Json>>;
  readonly value: Json;
}

interface Goldens {
  readonly data: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly cases: readonly Case[];
}

const { data, cases } = golden<Goldens>('metrics.json');
type Metric = (...args: unknown[]) => unknown;
const functions = metrics as unknown as Readonly<Record<string, Metric>>;

/** NaN and the infinities are strings in the file. */
function numbers(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(numbers);
  return typeof value === 'string' && /NaN|Infinity/.test(value) ? Number(value) : value;
}

function expectClose(found: unknown, want: Json): void {
  if (Array.isArray(want)) {
    const list = Array.from(found as ArrayLike<unknown>);
    expect(list.length).toBe(want.length);
    list.forEach((v, i) => expectClose(v, want[i] as Json));
  } else if (typeof want === 'object') {
    const fields = found as Readonly<Record<string, unknown>>;
    for (const [name, v] of Object.entries(want)) expectClose(fields[name], numbers(v));
  } else if (typeof want !== 'number' || !Number.isFinite(want)) {
    expect(found).toEqual(want);
  } else {
    const error = Math.abs((found as number) - want);
    expect(error, `${String(found)} is not ${want}`).toBeLessThan(
      1e-12 * Math.max(1, Math.abs(want)),
    );
  }
}

const names = [...new Set(cases.map(({ name }) => name))];
describe.each(names)('%s', (name) => {
  const own = cases.filter((c) => c.name === name);
  test.each(own.map((c, i) => [`${i}: ${c.data} ${JSON.stringify(c.options)}`, c] as const))(
    '%s',
    (_, { data: set, columns, options, value }) => {
      const entries = Object.entries(options).map(([key, v]) => [
        key,
        key === 'sampleWeight' ? data[set]![key] : numbers(v),
      ]);
      const args = columns.map((column) => numbers(data[set]![column]!));
      expectClose(functions[name]!(...args, Object.fromEntries(entries)), numbers(value));
    },
  );
});
