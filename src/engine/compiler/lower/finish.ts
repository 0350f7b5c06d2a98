import { constant, FuncBuilder, i32 } from '../ir/builder.js';
import { BYTES_OF, type Func, type Val } from '../ir/ir.js';
import type { Epilogue } from './contraction-types.js';
import { transposeLanes } from './transpose.js';
import { vectorStarts } from './pack.js';

export interface FinishSpec {
  readonly name: string;
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  /** Bytes between rows of sums. */
  readonly pitch: number;
  /** Columns, where it is known that they are a few whole vectors. */
  readonly columns: number | undefined;
  /** Columns at a time, from wide to narrow. */
  readonly widths: readonly number[];
  readonly batchDims: number;
  readonly epilogue: Epilogue;
}

/** (p, sums, rows, columns, m, n, batch…): hands a block of sums to the epilogue. */
export function buildFinish(f: FinishSpec): Func {
  const b = new FuncBuilder(f.name);
  const p = b.param('p');
  const sums = b.param('sums');
  const rows = b.param('rows');
  const columns = b.param('columns');
  const m0 = b.param('m');
  const n0 = b.param('n');
  const batch = Array.from({ length: f.batchDims }, (_, i) => b.param(`batch${i}`));
  const bytes = BYTES_OF[f.elem];
  b.for(i32(0), rows, 1, (r) => {
    const m = b.add(m0, r);
    const row = b.add(sums, b.mul(r, i32(f.pitch)));
    const emit = (column: Val, lanes: number): void => {
      const at = b.add(row, b.mul(column, i32(bytes)));
      const value = b.load(f.elem, lanes, at);
      f.epilogue(b, p, { batch, m, n: b.add(n0, column), lanes }, value);
    };
    if (f.columns !== undefined) {
      for (const start of vectorStarts(f.columns, f.lanes)) emit(i32(start), f.lanes);
      return;
    }
    let from: Val = i32(0);
    f.widths.forEach((width, i) => {
      const last = i === f.widths.length - 1;
      const to = last ? columns : b.bin('and', columns, i32(-width));
      b.for(from, to, width, (c) => emit(c, width));
      from = to;
    });
  });
  return b.finish();
}

export interface TurnSpec {
  readonly elem: 'f32' | 'f64' | 'i32';
  readonly lanes: number;
  /** Columns of the source: whole vectors. */
  readonly columns: number;
  readonly from: number;
  readonly to: number;
}

export function turnName(t: TurnSpec): string {
  return `shared_turn_${t.elem}x${t.lanes}_n${t.columns}_${t.from}_${t.to}`;
}

/** (source, target, rows): transposes a block; writes up to the next whole vector of rows. */
export function buildTurn(t: TurnSpec): Func {
  const b = new FuncBuilder(turnName(t));
  const source = b.param('source');
  const target = b.param('target');
  const rows = b.param('rows');
  const bytes = BYTES_OF[t.elem];
  b.for(i32(0), rows, t.lanes, (r) => {
    const src = b.add(source, b.mul(r, i32(t.from)));
    const dst = b.add(target, b.mul(r, i32(bytes)));
    for (const start of vectorStarts(t.columns, t.lanes)) {
      const square = Array.from({ length: t.lanes }, (_, i) => {
        return b.load(t.elem, t.lanes, src, i * t.from + start * bytes);
      });
      transposeLanes(b, square).forEach((v, i) => {
        b.store(t.elem, dst, v, (start + i) * t.to);
      });
    }
  });
  return b.finish();
}

export function clearName(elem: string, lanes: number): string {
  return `shared_clear_${elem}x${lanes}`;
}

/** (at, bytes): zeros, in whole vectors. */
export function buildClear(elem: 'f32' | 'f64' | 'i32', lanes: number): Func {
  const b = new FuncBuilder(clearName(elem, lanes));
  const at = b.param('at');
  const bytes = b.param('bytes');
  const zero = constant({ elem, lanes }, 0);
  b.for(i32(0), bytes, lanes * BYTES_OF[elem], (i) => b.store(elem, b.add(at, i), zero));
  return b.finish();
}
