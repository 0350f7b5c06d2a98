import type { Expr, Func, Stmt, Val } from '../../compiler/ir/ir.js';

export type LetStmt = Extract<Stmt, { kind: 'let' }>;
export type Load = Extract<Expr, { op: 'load' }>;
export type Store = Extract<Stmt, { kind: 'store' }>;
export type Block = readonly Stmt[];

/** An address as a sum of values and the constant that goes into the instruction. */
export interface Address {
  readonly terms: readonly Val[];
  readonly offset: number;
}

/** What a statement, with all it holds, changes. */
export interface Effects {
  readonly writesMemory: boolean;
  readonly assigned: ReadonlySet<number>;
}

const LARGEST_OFFSET = 2 ** 31 - 1;

/**
 * What the emitter must know about a function before it starts: how often and where each value is
 * used once dead code is left out, what statements change, and how addresses split.
 */
export class Plan {
  /** Uses of each value id that will be printed. */
  readonly uses: Int32Array;
  private readonly useBlocks = new Map<number, Block>();
  private readonly defs = new Map<number, LetStmt>();
  private readonly rawUses: Int32Array;
  private readonly assignedValues = new Map<number, Val[]>();
  private readonly starts = new Map<number, Val>();
  private readonly negative = new Map<number, boolean>();
  private readonly addresses = new Map<Load | Store, Address>();
  private readonly effects = new Map<Stmt, Effects>();

  constructor(
    func: Func,
    private readonly barriers: boolean,
  ) {
    this.uses = new Int32Array(func.ids);
    this.rawUses = new Int32Array(func.ids);
    this.collect(func.body);
    this.countLive(func.body);
  }

  /** True when the value's only use stands in this very block. */
  isLocalSingleUse(id: number, block: Block): boolean {
    return this.uses[id] === 1 && this.useBlocks.get(id) === block;
  }

  addressOf(node: Load | Store): Address {
    let address = this.addresses.get(node);
    if (!address) {
      const terms: Val[] = [];
      const offset = this.split(node.addr, terms, node.offset);
      address = { terms, offset };
      this.addresses.set(node, address);
    }
    return address;
  }

  effectsOf(stmt: Stmt): Effects {
    let known = this.effects.get(stmt);
    if (!known) {
      known = this.findEffects(stmt);
      this.effects.set(stmt, known);
    }
    return known;
  }

  /** The operands that an expression will push, addresses split. */
  operands(expr: Expr): readonly Val[] {
    return expr.op === 'load' ? this.addressOf(expr).terms : rawOperands(expr);
  }

  private collect(block: Block): void {
    const use = (v: Val): void => {
      if (v.kind === 'ref') this.rawUses[v.id]!++;
    };
    for (const stmt of block) {
      switch (stmt.kind) {
        case 'let':
          this.defs.set(stmt.id, stmt);
          rawOperands(stmt.expr).forEach(use);
          break;
        case 'declare':
          use(stmt.init);
          this.assignedValues.set(stmt.id, [stmt.init]);
          break;
        case 'assign':
          use(stmt.value);
          this.assignedValues.get(stmt.id)?.push(stmt.value);
          break;
        case 'for':
          this.starts.set(stmt.id, stmt.from);
          [stmt.from, stmt.to].forEach(use);
          this.collect(stmt.body);
          break;
        case 'if':
          use(stmt.cond);
          this.collect(stmt.then);
          this.collect(stmt.else);
          break;
        default:
          plainOperands(stmt).forEach(use);
      }
    }
  }

  /** Walks backwards, so that a value's uses are known when its definition is reached. */
  private countLive(block: Block): void {
    const use = (v: Val): void => {
      if (v.kind !== 'ref') return;
      this.uses[v.id]!++;
      this.useBlocks.set(v.id, block);
    };
    for (let i = block.length - 1; i >= 0; i--) {
      const stmt = block[i]!;
      switch (stmt.kind) {
        case 'let':
          if (this.uses[stmt.id]! > 0) this.operands(stmt.expr).forEach(use);
          break;
        case 'declare':
          use(stmt.init);
          break;
        case 'assign':
          use(stmt.value);
          break;
        case 'store':
          this.addressOf(stmt).terms.forEach(use);
          use(stmt.value);
          break;
        case 'for':
          this.countLive(stmt.body);
          use(stmt.from);
          use(stmt.to);
          break;
        case 'if':
          this.countLive(stmt.else);
          this.countLive(stmt.then);
          use(stmt.cond);
          break;
        case 'barrier':
          if (this.barriers) plainOperands(stmt).forEach(use);
          break;
        case 'call':
          plainOperands(stmt).forEach(use);
      }
    }
  }

  private findEffects(stmt: Stmt): Effects {
    switch (stmt.kind) {
      case 'assign':
        return { writesMemory: false, assigned: new Set([stmt.id]) };
      case 'for':
        return this.effectsOfAll(stmt.body);
      case 'if':
        return this.effectsOfAll([...stmt.then, ...stmt.else]);
      case 'let':
      case 'declare':
        return { writesMemory: false, assigned: new Set() };
      default:
        return { writesMemory: true, assigned: new Set() };
    }
  }

  private effectsOfAll(block: Block): Effects {
    const all = block.map((s) => this.effectsOf(s));
    return {
      writesMemory: all.some((e) => e.writesMemory),
      assigned: new Set(all.flatMap((e) => [...e.assigned])),
    };
  }

  /**
   * Takes the constants out of a sum. Addresses are unsigned and do not wrap, hence dropping a
   * term ≥ 0 leaves a sum that does not wrap either, provided that the other terms are ≥ 0 too.
   */
  private split(v: Val, terms: Val[], offset: number): number {
    const def = v.kind === 'ref' ? this.defs.get(v.id) : undefined;
    const expr = def?.expr;
    if (def && expr?.op === 'bin' && expr.fn === 'add') {
      const { a, b } = constantLast(expr.a, expr.b);
      if (b.kind === 'const') {
        const sum = offset + b.value;
        if (b.value >= 0 && sum <= LARGEST_OFFSET && !this.mayBeNegative(a)) {
          return this.split(a, terms, sum);
        }
      } else if (this.rawUses[def.id] === 1) {
        const inner: Val[] = [];
        const sum = this.split(b, inner, this.split(a, inner, offset));
        if (sum !== offset && !inner.some((t) => this.mayBeNegative(t))) {
          terms.push(...inner);
          return sum;
        }
      }
    }
    terms.push(v);
    return offset;
  }

  /** Whether a value may, by what can be seen of its making, be a negative number. */
  private mayBeNegative(v: Val): boolean {
    if (v.kind === 'const') return v.value < 0;
    const known = this.negative.get(v.id);
    if (known !== undefined) return known;
    this.negative.set(v.id, false); // for values that depend on themselves through a variable
    const def = this.defs.get(v.id);
    const start = this.starts.get(v.id);
    const result = def
      ? this.exprMayBeNegative(def.expr)
      : start !== undefined && this.mayBeNegative(start);
    this.negative.set(v.id, result);
    return result;
  }

  private exprMayBeNegative(expr: Expr): boolean {
    if (expr.op === 'read') {
      return (this.assignedValues.get(expr.variable) ?? []).some((v) => this.mayBeNegative(v));
    }
    if (expr.op === 'un') return expr.fn !== 'abs';
    if (expr.op === 'select') return this.mayBeNegative(expr.a) || this.mayBeNegative(expr.b);
    if (expr.op === 'mulAdd') return rawOperands(expr).some((v) => this.mayBeNegative(v));
    if (expr.op !== 'bin') return false;
    const a = this.mayBeNegative(expr.a);
    const b = this.mayBeNegative(expr.b);
    switch (expr.fn) {
      case 'sub':
        return true;
      case 'max':
      case 'and':
        return a && b;
      case 'shl':
      case 'shrS':
      case 'rem':
        return a;
      case 'shrU':
      case 'mulHiU':
        return false;
      default:
        return a || b;
    }
  }
}

/** The operands of a commutative operation, a constant last. */
function constantLast(a: Val, b: Val): { a: Val; b: Val } {
  return a.kind === 'const' ? { a: b, b: a } : { a, b };
}

function rawOperands(expr: Expr): readonly Val[] {
  switch (expr.op) {
    case 'bin':
    case 'cmp':
    case 'shuffle':
      return [expr.a, expr.b];
    case 'mulAdd':
      return [expr.a, expr.b, expr.c];
    case 'select':
      return [expr.cond, expr.a, expr.b];
    case 'fromWords':
      return [expr.hi, expr.lo];
    case 'pack':
      return expr.parts;
    case 'load':
      return [expr.addr];
    case 'read':
      return [];
    default:
      return [expr.a];
  }
}

function plainOperands(
  stmt: Extract<Stmt, { kind: 'store' | 'call' | 'barrier' }>,
): readonly Val[] {
  if (stmt.kind === 'store') return [stmt.addr, stmt.value];
  return stmt.kind === 'call' ? stmt.args : [stmt.addr, stmt.threads];
}
