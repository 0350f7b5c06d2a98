import type { GraphNode, OpAttrs } from '../engine/graph/node.js';

/**
 * Which places of one axis of the input a value sees: for each place of `axis` of the value, from `low`
 * to `high`, both inclusive. Places in padding count as if the input went on there, so they may be
 * negative. Where nothing is seen, `low` is Infinity and `high` -Infinity.
 */
export interface Field {
  /** Axis of the value along which the interval moves; null where it is the same everywhere. */
  readonly axis: number | null;
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Places of the input from one place to the next, on average; null where they are in no order. */
  readonly jump: number | null;
  /** Number of places after which all is the same but for where it lies: 2 behind a doubling. */
  readonly period: number;
}

type Interval = readonly [low: number, high: number];

const NOWHERE: Interval = [Infinity, -Infinity];

/** A field along `axis`, by the interval of each of `count` places. */
function fieldAlong(
  axis: number | null,
  count: number,
  { jump, period = 1 }: Pick<Field, 'jump'> & Partial<Field>,
  at: (i: number) => Interval,
): Field {
  const intervals = Array.from({ length: count }, (_, i) => at(i));
  return { axis, low: intervals.map(([l]) => l), high: intervals.map(([, h]) => h), jump, period };
}

/** What all places of an axis of the input itself see. */
export function ownField(axis: number, extent: number): Field {
  return fieldAlong(axis, extent, { jump: 1 }, (i) => [i, i]);
}

/** The interval of a place, beyond the ends as if the places went on. */
function intervalAt({ low, high, jump, period }: Field, i: number): Interval {
  const last = low.length - 1;
  const beyond = i < 0 ? -i : Math.max(0, i - last);
  const back = Math.sign(i) * Math.ceil(beyond / period) * period;
  const inside = Math.min(Math.max(i - back, 0), last);
  const direction = low[last]! < low[0]! ? -1 : 1;
  const shift = (i - inside) * direction * (jump ?? 0);
  return [low[inside]! + shift, high[inside]! + shift];
}

function hull(intervals: readonly Interval[]): Interval {
  return intervals.reduce(([l, h], [a, b]) => [Math.min(l, a), Math.max(h, b)], NOWHERE);
}

/** The same everywhere: what all places see together. */
export function everywhere(field: Field): Field {
  return fieldAlong(null, 1, { jump: null }, () =>
    hull(field.low.map((_, i) => intervalAt(field, i))),
  );
}

/** The field with its axis renamed. */
export function onAxis(field: Field, rename: (axis: number) => number): Field {
  return field.axis === null ? field : { ...field, axis: rename(field.axis) };
}

/** What two values see together that meet element by element. */
export function union(a: Field, b: Field): Field {
  if (a.axis === null && b.axis !== null) return union(b, a);
  if (b.axis !== null && a.axis !== b.axis) return union(everywhere(a), everywhere(b));
  return fieldAlong(a.axis, a.low.length, { ...a, period: Math.max(a.period, b.period) }, (i) =>
    hull([intervalAt(a, i), intervalAt(b, b.axis === null ? 0 : i)]),
  );
}

/** How windows slide over an axis. */
export interface Sliding {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Places before the first one. */
  readonly low: number;
  /** One place in so many is an element; between them lies nothing. */
  readonly spread: number;
  /** Number of windows. */
  readonly count: number;
}

/** What windows over the field's axis see; the result lies on `axis`. */
export function slide(field: Field, axis: number, s: Sliding): Field {
  const jump = field.jump === null ? null : (field.jump * s.stride) / s.spread;
  return fieldAlong(axis, s.count, { jump, period: field.period * s.spread }, (p) => {
    const taps = Array.from({ length: s.size }, (_, k) => p * s.stride + k * s.dilation - s.low);
    const elements = taps.filter((at) => at % s.spread === 0).map((at) => at / s.spread);
    return hull(elements.map((at) => intervalAt(field, at)));
  });
}

/** The field of `pad`, which may cut off, and puts nothing between places. */
export function padField(field: Field, { low, interior }: OpAttrs['pad'], out: number[]): Field {
  const axis = field.axis!;
  const [count, before, spread] = [out[axis]!, low[axis]!, interior[axis]! + 1];
  return slide(field, axis, { size: 1, stride: 1, dilation: 1, low: before, spread, count });
}

/** The field of the places `index` of the axis, which has `extent`. */
export function pickField(field: Field, index: ArrayLike<number>, extent: number): Field {
  const places = Array.from(index);
  if (places.length < 2)
    return fieldAlong(field.axis, places.length, field, (i) => intervalAt(field, places[i]!));
  const steps = places.slice(1).map((at, i) => at - places[i]!);
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  const regular = usual !== 0 && 2 * steps.filter((s) => s === usual).length > steps.length;
  // Repeated or resampled places: as many as there are in the same extent.
  const step = regular ? Math.abs(usual) : extent / places.length;
  const jump = field.jump === null ? null : field.jump * step;
  return fieldAlong(field.axis, places.length, { jump }, (i) => intervalAt(field, places[i]!));
}

/** The fields of parts one behind the other along `axis`; a part may see nothing. */
export function joinFields(
  parts: readonly { readonly field: Field | undefined; readonly extent: number }[],
  axis: number,
): Field {
  const joined = parts.flatMap(({ field, extent }) =>
    Array.from({ length: extent }, (_, i) => {
      if (field === undefined) return NOWHERE;
      return field.axis === axis ? intervalAt(field, i) : intervalAt(everywhere(field), 0);
    }),
  );
  const longest = parts
    .filter(({ field }) => field?.axis === axis)
    .sort((a, b) => b.extent - a.extent)[0];
  const jump = longest?.field?.jump ?? null;
  return fieldAlong(axis, joined.length, { jump }, (i) => joined[i]!);
}

/** The field behind a reshape: axes that are merged or divided keep what their places see. */
export function reshapeField(field: Field, node: GraphNode): Field {
  const from = node.inputs[0]!.shape;
  const axis = field.axis!;
  if (from.includes(0)) return everywhere(field);
  const { before, old, fresh, start } = groupOf(from, node.shape, axis);
  const inner = old.slice(axis - before + 1).reduce((n, d) => n * d, 1);
  const own = from[axis]!;
  const outer = old.slice(0, axis - before).reduce((n, d) => n * d, 1);
  const wide = fresh.findIndex((d) => d !== 1);
  if (wide < 0) {
    return fresh.length === 0 ? everywhere(field) : { ...field, axis: start + fresh.length - 1 };
  }
  const rest = fresh.slice(wide + 1).reduce((n, d) => n * d, 1);
  // What one place of the first axis of the group that is not 1 covers of its elements.
  const places = (p: number): number[] =>
    Array.from({ length: rest }, (_, r) => Math.floor((p * rest + r) / inner) % own);
  const jump = field.jump === null || outer > 1 ? null : (field.jump * rest) / inner;
  const period = field.period * inner;
  return fieldAlong(start + wide, fresh[wide]!, { jump, period }, (p) =>
    hull([...new Set(places(p))].map((i) => intervalAt(field, i))),
  );
}

/**
 * The least runs of axes of both shapes with as many elements, of which the first holds `axis`; the other
 * may be empty where only axes of 1 are left.
 */
function groupOf(
  from: readonly number[],
  to: readonly number[],
  axis: number,
): { before: number; old: readonly number[]; fresh: readonly number[]; start: number } {
  let [i, j] = [0, 0];
  for (;;) {
    const [before, start] = [i, j];
    let [m, n] = [from[i++]!, to[j++] ?? 1];
    while (m !== n) {
      if (m < n) m *= from[i++]!;
      else n *= to[j++]!;
    }
    if (axis < i) {
      return { before, old: from.slice(before, i), fresh: to.slice(start, j), start };
    }
  }
}
