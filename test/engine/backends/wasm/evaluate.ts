import type { Expr, Module, Stmt, Val } from '../../../../src/engine/compiler/ir/ir.js';
import { read, write } from './run.js';

/** Runs loop IR directly: scalar i32 and u8 only, which is enough to test order and scope. */
export function evaluate(module: Module, name: string, args: number[], view: DataView): void {
  const func = module.functions.find((f) => f.name === name)!;
  const values = new Map<number, number>();
  func.params.forEach((p, k) => values.set(p.id, args[k]!));
  runBlock(module, func.body, values, view);
}

type Values = Map<number, number>;

function get(values: Values, v: Val): number {
  return v.kind === 'const' ? v.value : values.get(v.id)!;
}

function runBlock(module: Module, block: readonly Stmt[], values: Values, view: DataView): void {
  for (const stmt of block) runStmt(module, stmt, values, view);
}

function runStmt(module: Module, stmt: Stmt, values: Values, view: DataView): void {
  switch (stmt.kind) {
    case 'let':
      values.set(stmt.id, compute(stmt.expr, values, view));
      break;
    case 'declare':
      values.set(stmt.id, get(values, stmt.init));
      break;
    case 'assign':
      values.set(stmt.id, get(values, stmt.value));
      break;
    case 'store':
      write(view, stmt.mem, get(values, stmt.addr) + stmt.offset, get(values, stmt.value));
      break;
    case 'for': {
      const to = get(values, stmt.to);
      for (let i = get(values, stmt.from); i < to; i += stmt.step) {
        values.set(stmt.id, i);
        runBlock(module, stmt.body, values, view);
      }
      break;
    }
    case 'if':
      runBlock(module, get(values, stmt.cond) !== 0 ? stmt.then : stmt.else, values, view);
      break;
    case 'call':
      evaluate(
        module,
        stmt.fn,
        stmt.args.map((v) => get(values, v)),
        view,
      );
      break;
    case 'barrier':
  }
}

function compute(expr: Expr, values: Values, view: DataView): number {
  if (expr.op === 'read') return values.get(expr.variable)!;
  if (expr.op === 'load') return read(view, expr.mem, get(values, expr.addr) + expr.offset);
  if (expr.op === 'select') {
    return get(values, expr.cond) !== 0 ? get(values, expr.a) : get(values, expr.b);
  }
  if (expr.op !== 'bin' && expr.op !== 'cmp') throw new Error(`no ${expr.op} here`);
  const a = get(values, expr.a);
  const b = get(values, expr.b);
  switch (expr.fn) {
    case 'add':
      return (a + b) | 0;
    case 'sub':
      return (a - b) | 0;
    case 'mul':
      return Math.imul(a, b);
    case 'rem':
      return b === 0 ? 0 : (a % b) | 0;
    case 'min':
      return Math.min(a, b);
    case 'and':
      return a & b;
    case 'lt':
      return Number(a < b);
    default:
      throw new Error(`no ${expr.fn} here`);
  }
}
