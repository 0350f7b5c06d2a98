import { InternalError, invariant } from '../../core/errors.js';
import { exactJson } from '../../core/exact-json.js';
import type { GraphNode } from '../../graph/node.js';
import type { Group } from '../fuse/group.js';
import type { Func, Target } from '../ir/ir.js';
import { loadsOf } from '../kernel/expr.js';
import { lowerCumulative } from '../lower/cumulative.js';
import { lowerLoops } from '../lower/loops.js';
import { CONTRACTION_WORDS, lowerMatmul } from '../lower/matmul.js';
import { lowerScatter } from '../lower/scatter.js';
import { lowerSegment } from '../lower/segment.js';
import { lowerSegmentIds } from '../lower/segment-ids.js';
import { lowerSort } from '../lower/sort.js';

/** A word of a kernel's parameter row. */
export type Word =
  | { readonly kind: 'address'; readonly of: GraphNode; readonly offset: number }
  | { readonly kind: 'workspace' }
  | { readonly kind: 'count'; readonly value: number };

/** A function of a kernel; with `reads`, it only copies the value whose address is in that word. */
export interface Stage {
  readonly entry: string;
  readonly extent: number;
  readonly reads?: number;
}

/** One call of a kernel: its parameter row, and its units of work stage by stage. */
export interface Launch {
  readonly group: Group;
  readonly stages: readonly Stage[];
  readonly words: readonly Word[];
  readonly workspaceBytes: number;
  readonly plan: string;
  readonly flops: number;
}

/** Lowers kernels to functions; kernels of equal code share them. */
export class Lowering {
  readonly functions: Func[] = [];
  /** Code by its size. */
  private readonly known = new Map<string, Code[]>();
  private readonly names = new Set<string>();
  private count = 0;
  /** In the body of a loop, values that are the same at each step. */
  private fixed: ReadonlySet<GraphNode> = new Set();

  constructor(private readonly target: Target) {}

  /** What `work` gives, which lowers the body of a loop in which some values stay the same. */
  inLoop<R>(fixed: ReadonlySet<GraphNode>, work: () => R): R {
    const outer = this.fixed;
    this.fixed = fixed;
    try {
      return work();
    } finally {
      this.fixed = outer;
    }
  }

  lower(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    switch (group.kind) {
      case 'loops':
        return this.loops(group, stored);
      case 'contract':
        return this.contraction(group, stored);
      case 'scatter':
        return this.scatter(group);
      case 'segment':
        return this.segment(group, stored);
      case 'ids':
        return this.segmentIds(group);
      case 'sort':
        return this.sort(group, stored);
      case 'cumulative':
        return this.cumulative(group, stored);
      case 'scan':
        throw new InternalError('internal: a scan is no kernel but a loop; please report this.');
    }
  }

  private loops(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    const buffers = buffersOf(group, stored);
    const name = this.nextName();
    const { func, extent, row, plan } = lowerLoops(group, stored, buffers, this.target, name);
    const counted = row.counted ? group.extents.reduce((n, d) => n * d, 1) : undefined;
    return {
      group,
      stages: [{ entry: this.share(name, [func]).of(func.name), extent }],
      words: [
        ...(counted === undefined ? [] : [{ kind: 'count', value: counted } as const]),
        ...buffers.map((of) => ({ kind: 'address', of, offset: 0 }) as const),
      ],
      workspaceBytes: 0,
      plan,
      flops: 0,
    };
  }

  private contraction(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    const buffers = buffersOf(group, stored);
    const name = this.nextName();
    const lowered = lowerMatmul(group, stored, buffers, this.target, name, this.fixed);
    const shared = this.share(name, lowered.functions);
    const [a, b] = lowered.operands;
    const words: Word[] = [
      { kind: 'address', of: a.base, offset: a.offset },
      { kind: 'address', of: b.base, offset: b.offset },
      { kind: 'workspace' },
      ...buffers.map((of) => ({ kind: 'address', of, offset: 0 }) as const),
    ];
    invariant(words.length === CONTRACTION_WORDS + buffers.length, 'a contraction lost a word');
    return {
      group,
      stages: lowered.stages.map((s) => ({ ...s, entry: shared.of(s.entry) })),
      words,
      workspaceBytes: lowered.workspaceBytes,
      plan: lowered.plan,
      flops: lowered.flops,
    };
  }

  private scatter(group: Group): Launch {
    const member = group.members[0]!;
    const loads = loadsOf([member.expr, group.row!]);
    const buffers = [...loads].filter((n) => n !== member.node);
    buffers.push(member.node);
    const name = this.nextName();
    return this.single(group, buffers, lowerScatter(group, group.row!, buffers, this.target, name));
  }

  private segment(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    const buffers = [...new Set([...group.operands(), ...buffersOf(group, stored)])];
    const name = this.nextName();
    return this.single(group, buffers, lowerSegment(group, stored, buffers, this.target, name));
  }

  private segmentIds(group: Group): Launch {
    const buffers = [...loadsOf([group.pointer!]), group.members[0]!.node];
    const lowered = lowerSegmentIds(group, buffers, this.target, this.nextName());
    return this.single(group, buffers, lowered);
  }

  /** The launch of a kernel of one function, whose parameters are the addresses of `buffers`. */
  private single(
    group: Group,
    buffers: readonly GraphNode[],
    { func, extent, plan }: { readonly func: Func; readonly extent: number; readonly plan: string },
  ): Launch {
    return {
      group,
      stages: [{ entry: this.share(`k${this.count - 1}_`, [func]).of(func.name), extent }],
      words: buffers.map((of) => ({ kind: 'address', of, offset: 0 })),
      workspaceBytes: 0,
      plan,
      flops: 0,
    };
  }

  private sort(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    const buffers = buffersOf(group, stored);
    const name = this.nextName();
    const { func, extent, workspaceBytes, plan } = lowerSort(group, buffers, this.target, name);
    return {
      group,
      stages: [{ entry: this.share(name, [func]).of(func.name), extent }],
      words: [
        { kind: 'workspace' },
        ...buffers.map((of) => ({ kind: 'address', of, offset: 0 }) as const),
      ],
      workspaceBytes,
      plan,
      flops: 0,
    };
  }

  private cumulative(group: Group, stored: ReadonlySet<GraphNode>): Launch {
    const buffers = buffersOf(group, stored);
    const name = this.nextName();
    const { func, extent, plan } = lowerCumulative(group, buffers, this.target, name);
    return {
      group,
      stages: [{ entry: this.share(name, [func]).of(func.name), extent }],
      words: buffers.map((of) => ({ kind: 'address', of, offset: 0 })),
      workspaceBytes: 0,
      plan,
      flops: 0,
    };
  }

  private nextName(): string {
    return `k${this.count++}_`;
  }

  /** Adds functions unless equal ones exist; `of` gives the name a function ended up with. */
  private share(prefix: string, functions: readonly Func[]): { of(name: string): string } {
    const twin = this.findTwin(prefix, functions);
    if (twin === undefined) {
      for (const f of functions) {
        // Register tiles are named after what they do, and serve all contractions.
        if (!this.names.has(f.name)) this.functions.push(f);
        this.names.add(f.name);
      }
    }
    const own = twin ?? prefix;
    return { of: (name) => own + name.slice(prefix.length) };
  }

  /** The prefix of functions equal to these but for it. Text is compared only if sizes agree. */
  private findTwin(prefix: string, functions: readonly Func[]): string | undefined {
    const size = functions.map((f) => `${f.ids}:${f.body.length}`).join();
    const alike = this.known.get(size) ?? [];
    this.known.set(size, alike);
    const text = (of: Code): string =>
      (of.text ??= exactJson(of.functions).replaceAll(`"${of.prefix}`, '"_'));
    const code: Code = { prefix, functions };
    const twin = alike.find((other) => text(other) === text(code));
    if (!twin) alike.push(code);
    return twin?.prefix;
  }
}

interface Code {
  readonly prefix: string;
  readonly functions: readonly Func[];
  /** The functions as text without their prefix, once it was needed. */
  text?: string;
}

/** Values in memory that a kernel touches through its expressions, and those it writes. */
function buffersOf(group: Group, stored: ReadonlySet<GraphNode>): GraphNode[] {
  const buffers = loadsOf(group.members.map((m) => m.expr));
  // A window is written where its start says.
  if (group.kind === 'loops') for (const n of group.operands()) buffers.add(n);
  for (const m of group.members) if (stored.has(m.node)) buffers.add(m.node);
  return [...buffers];
}
