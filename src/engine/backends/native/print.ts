import { invariant } from '../../core/errors.js';
import type { Func, Module, Stmt, Ty, Val } from '../../compiler/ir/ir.js';
import { storeBytesHelper } from './byte-helpers.js';
import { barrierHelper } from './int-helpers.js';
import { constantText, exprText } from './print-expr.js';
import { Prelude } from './prelude.js';
import { turnsWrittenOut } from './unroll.js';

/** A function of the module that may be called from outside. */
export interface Entry {
  readonly name: string;
  /** Its name in C. */
  readonly symbol: string;
  readonly params: number;
}

export interface PrintedModule {
  /** Self-contained C: no header, no library. Units call each other's functions. */
  readonly units: readonly string[];
  readonly entries: readonly Entry[];
}

/** Options of `printModule`. */
export interface PrintOptions {
  readonly vectorBytes: number;
  /** Into how many units of much the same size, to be compiled at the same time. Default: 1. */
  readonly units?: number;
}

/** What printing a call needs to know of the function called. */
interface Callee {
  readonly symbol: string;
  readonly params: number;
  readonly mayAbort: boolean;
}

/**
 * Prints loop IR as C with the vector extensions of gcc and clang.
 *
 * Every function takes the base of the memory and its i32 parameters. One that meets a barrier,
 * itself or in a function it calls, returns 1 when the program was aborted, else 0; the others
 * return nothing. The text relies on `-fwrapv -fno-strict-aliasing -ffp-contract=off`.
 */
export function printModule(
  module: Module,
  { vectorBytes, units = 1 }: PrintOptions,
): PrintedModule {
  const prelude = new Prelude(vectorBytes);
  const callees = new Map<string, Callee>();
  const symbols = new Set<string>();
  const printed = module.functions.map((func) => {
    invariant(!callees.has(func.name), `two functions of the loop IR are called ${func.name}`);
    const callee: Callee = {
      symbol: symbolFor(func.name, symbols),
      params: func.params.length,
      mayAbort: mayAbort(func.body, callees),
    };
    const text = new FunctionPrinter(prelude, callees, func, callee).text();
    callees.set(func.name, callee);
    return { text, prototype: `${prototypeOf(func, callee)};` };
  });
  const entries = module.functions
    .filter((f) => f.exported)
    .map((f) => ({ name: f.name, symbol: callees.get(f.name)!.symbol, params: f.params.length }));
  const prototypes = units > 1 ? printed.map((p) => p.prototype) : [];
  const head = [prelude.text(), ...prototypes].join('\n');
  const texts = printed.map((p) => p.text);
  return { units: shared(texts, units).map((part) => [head, ...part].join('\n')), entries };
}

/** The texts in so many parts of much the same length, of which none is empty but the first. */
function shared(texts: readonly string[], count: number): string[][] {
  const parts = Array.from({ length: count }, () => ({ length: 0, texts: [] as string[] }));
  for (const text of [...texts].sort((a, b) => b.length - a.length)) {
    const least = parts.reduce((a, b) => (b.length < a.length ? b : a));
    least.texts.push(text);
    least.length += text.length;
  }
  return parts.filter((part, i) => i === 0 || part.length > 0).map((part) => part.texts);
}

function prototypeOf(func: Func, { symbol, mayAbort: aborts }: Callee): string {
  const params = ['char *mem', ...func.params.map((p) => `i32 ${paramName(p)}`)];
  return `KERNEL ${aborts ? 'int' : 'void'} ${symbol}(${params.join(', ')})`;
}

function paramName({ id, name }: Func['params'][number]): string {
  return `p${id}_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
}

/** `k_` and the name, as far as C allows it, made unique. */
function symbolFor(name: string, taken: Set<string>): string {
  const plain = `k_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;
  let symbol = plain;
  for (let i = 2; taken.has(symbol); i++) symbol = `${plain}_${i}`;
  taken.add(symbol);
  return symbol;
}

function mayAbort(body: readonly Stmt[], callees: ReadonlyMap<string, Callee>): boolean {
  return body.some((s) => {
    switch (s.kind) {
      case 'barrier':
        return true;
      case 'call':
        return callees.get(s.fn)?.mayAbort === true;
      case 'for':
        return mayAbort(s.body, callees);
      case 'if':
        return mayAbort(s.then, callees) || mayAbort(s.else, callees);
      default:
        return false;
    }
  });
}

class FunctionPrinter {
  private readonly lines: string[] = [];
  private readonly names = new Map<number, string>();
  private readonly types = new Map<number, Ty>();

  constructor(
    private readonly prelude: Prelude,
    private readonly callees: ReadonlyMap<string, Callee>,
    private readonly func: Func,
    private readonly self: Callee,
  ) {
    for (const p of func.params) {
      this.names.set(p.id, paramName(p));
    }
  }

  text(): string {
    this.lines.push(`${prototypeOf(this.func, this.self)} {`);
    this.block(this.func.body, '  ');
    if (this.self.mayAbort) this.lines.push('  return 0;');
    this.lines.push('}', '');
    return this.lines.join('\n');
  }

  private nameOf(id: number): string {
    return this.names.get(id) ?? `v${id}`;
  }

  private readonly val = (v: Val): string =>
    v.kind === 'ref' ? this.nameOf(v.id) : constantText(this.prelude, v.ty, v.value);

  private block(stmts: readonly Stmt[], indent: string): void {
    for (const s of stmts) this.stmt(s, indent);
  }

  private stmt(s: Stmt, indent: string): void {
    const put = (line: string): number => this.lines.push(indent + line);
    switch (s.kind) {
      case 'let': {
        const text = exprText(this.prelude, s.expr, s.ty, this.val, (id) => this.nameOf(id));
        put(`const ${this.prelude.type(s.ty)} ${this.nameOf(s.id)} = ${text};`);
        return;
      }
      case 'declare':
        this.types.set(s.id, s.ty);
        put(`${this.prelude.type(s.ty)} ${this.nameOf(s.id)} = ${this.val(s.init)};`);
        return;
      case 'assign':
        invariant(this.types.has(s.id), `v${s.id} is assigned but not declared`);
        put(`${this.nameOf(s.id)} = ${this.val(s.value)};`);
        return;
      case 'store':
        put(this.storeText(s));
        return;
      case 'for': {
        const i = this.nameOf(s.id);
        const turns = turnsWrittenOut(s);
        if (turns !== undefined) put(`_Pragma("GCC unroll ${turns}")`);
        put(`for (i32 ${i} = ${this.val(s.from)}; ${i} < ${this.val(s.to)}; ${i} += ${s.step}) {`);
        this.block(s.body, `${indent}  `);
        put('}');
        return;
      }
      case 'if':
        put(`if (${this.val(s.cond)}) {`);
        this.block(s.then, `${indent}  `);
        if (s.else.length > 0) {
          put('} else {');
          this.block(s.else, `${indent}  `);
        }
        put('}');
        return;
      case 'call':
        put(this.callText(s.fn, s.args));
        return;
      case 'barrier': {
        const barrier = barrierHelper(this.prelude);
        put(`if (${barrier}(mem, ${this.val(s.addr)}, ${this.val(s.threads)})) return 1;`);
        return;
      }
    }
  }

  private storeText(s: Extract<Stmt, { kind: 'store' }>): string {
    const { elem, lanes } = s.value.ty;
    const expected = s.mem === 'u8' ? 'i32' : s.mem;
    invariant(elem === expected, `a store of ${elem} to ${s.mem} memory`);
    invariant(s.offset >= 0, 'a store of the loop IR has a negative offset');
    if (s.mem === 'u8' && lanes > 1) {
      const helper = storeBytesHelper(this.prelude, lanes);
      return `${helper}(&AT(char, ${this.val(s.addr)}, ${s.offset}), ${this.val(s.value)});`;
    }
    const place = `AT(${this.prelude.unaligned(s.mem, lanes)}, ${this.val(s.addr)}, ${s.offset})`;
    return `${place} = ${this.val(s.value)};`;
  }

  private callText(fn: string, args: readonly Val[]): string {
    const callee = this.callees.get(fn);
    invariant(callee !== undefined, `${this.func.name} calls ${fn}, which does not come before it`);
    invariant(callee.params === args.length, `${this.func.name} calls ${fn} with ${args.length}`);
    const call = `${callee.symbol}(${['mem', ...args.map(this.val)].join(', ')})`;
    return callee.mayAbort ? `if (${call}) return 1;` : `${call};`;
  }
}
