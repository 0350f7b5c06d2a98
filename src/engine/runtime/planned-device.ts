import type { Target } from '../compiler/ir/ir.js';
import type { Plan, PlanRequest } from '../compiler/program/plan.js';
import { makePlan } from '../compiler/program/plan.js';
import { structureOf } from '../compiler/structure.js';
import type { LeafSource } from '../graph/node.js';
import type { Arena } from './arena.js';
import type { Device, Program, ProgramSpec } from './device.js';
import { measurePeak, peakModule } from './peak.js';
import type { Peak } from './profile.js';
import type { BoundPlan } from './program.js';
import { PlannedProgram } from './program.js';
import { InputSource } from './storage.js';
import { timedParts } from './timed-parts.js';
import { stepTime, worthwhileThreads } from './thread-work.js';
import { type LoadedPlan, checked, onThreads } from './threads.js';

/** So long may a program take on the quick tier, in µs. */
const QUICK_US = 10_000;

/** Plans kept for graphs of a structure seen before. */
const MAX_PLANS = 512;

/** What makes a device out of the compiler: the shape of its vectors, and a loader for its code. */
export interface Tier {
  readonly name: string;
  readonly target: Target;
  /** False: each operation is a kernel of its own. Default: true. */
  readonly fused?: boolean;
  /** Steps run on so many threads. Default: as many as `setThreads` says, if worth it. */
  readonly threads?: number | undefined;
  /** Makes the plan's code callable, here and by other threads. */
  load(plan: Pick<Plan, 'module' | 'entry'>, arena: Arena): LoadedPlan;
}

/** A device whose programs are planned ahead and run over one arena: every CPU tier is one. */
export class PlannedDevice implements Device {
  readonly name: string;
  private readonly threads: number | undefined;
  private peak: Peak | undefined;
  /** The one not used longest first. */
  private readonly plans = new Map<string, BoundPlan>();

  /** `quick`: another tier over the same memory, for programs of little work that run once. */
  constructor(
    private readonly tier: Tier,
    readonly arena: Arena,
    private readonly quick?: Tier,
  ) {
    this.name = tier.name;
    const { threads } = tier;
    this.threads = threads === undefined ? undefined : checked(`${tier.name}: threads`, threads);
  }

  compile(spec: ProgramSpec): Program {
    const roots = [...spec.outputs, ...spec.assigns.map((a) => a.value)];
    const structure = structureOf(roots, (source) =>
      source instanceof InputSource ? `input${source.position}` : source.kind,
    );
    const sources: LeafSource[] = [...structure.sources];
    for (const a of spec.assigns) if (!sources.includes(a.target)) sources.push(a.target);
    const targets = spec.assigns.map((a) => sources.indexOf(a.target)).join();
    const isQuick = this.quick !== undefined && spec.once === true;
    const mode = `${spec.guard ?? ''}${spec.profiled ? ' profiled' : ''}${isQuick ? ' once' : ''}`;
    const key = `${structure.key}>${spec.outputs.length}>${targets}!${mode}`;
    let bound = this.plans.get(key);
    if (!bound) {
      bound = this.prepare(spec, sources);
      if (this.plans.size >= MAX_PLANS) this.plans.delete(this.plans.keys().next().value!);
    } else this.plans.delete(key);
    this.plans.set(key, bound); // as the one used last
    return new PlannedProgram(this.arena, bound, sources);
  }

  private prepare(spec: ProgramSpec, sources: readonly LeafSource[]): BoundPlan {
    const request: PlanRequest = {
      outputs: spec.outputs,
      assigns: spec.assigns,
      ...(spec.guard === undefined ? {} : { guard: spec.guard }),
      fused: this.tier.fused ?? true,
      inParts: spec.profiled ?? false,
      inputPosition: (source) => (source instanceof InputSource ? source.position : undefined),
      sourceIndex: (source) => sources.indexOf(source),
    };
    const { quick } = this;
    if (quick && spec.once) {
      const plan = makePlan(request, quick.target);
      if (stepTime(plan.summary, quick.target) <= QUICK_US) return this.bind(plan, quick);
    }
    return this.bind(makePlan(request, this.tier.target), this.tier);
  }

  private bind({ module, ...plan }: Plan, tier: Tier): BoundPlan {
    const loaded = tier.load({ module, entry: plan.entry }, this.arena);
    const run = onThreads(loaded, worthwhileThreads(plan.summary, tier.target), this.threads);
    const { parts } = plan;
    const timed = parts && { ...timedParts(parts, loaded), peak: () => this.measuredPeak() };
    return { plan, tier: tier.name, run, timed };
  }

  private measuredPeak(): Peak {
    if (!this.peak) {
      const { tier, arena } = this;
      const { main } = tier.load({ module: peakModule(tier.target), entry: 'peak' }, arena);
      const at = arena.allocate(64);
      this.peak = measurePeak(tier.target, () => main(at, 0, 1));
      arena.free(at, 64);
    }
    return this.peak;
  }
}
