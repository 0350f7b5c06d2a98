import type { GraphNode } from '../../graph/node.js';
import type { Launch, Lowering, Stage, Word } from './launch.js';
import { planLoop } from './loop.js';
import type { Schedule } from './schedule.js';
import { schedule } from './schedule.js';
import type { Loop, RootPlace, Run, Step, Steps } from './steps.js';

/** Lowers kernels and loops; neighbouring launches of equal code become one run. */
export function buildSteps(
  { groups, stored, firstUpdate }: Schedule,
  lowering: Lowering,
  fused = true,
): Steps {
  const steps: Step[] = [];
  const places = new Map<GraphNode, RootPlace>();
  const written = new Set(stored);
  const add = (launch: Launch, update: boolean): void => {
    const last = steps[steps.length - 1];
    const joined = last?.kind === 'run' ? join(last, launch, update) : undefined;
    if (joined) steps[steps.length - 1] = joined;
    else steps.push({ kind: 'run', launches: [launch], update });
  };
  groups.forEach((group, i) => {
    if (group.kind !== 'scan') return add(lowering.lower(group, stored), i >= firstUpdate);
    const plan = planLoop(group);
    for (const copy of plan.first) {
      add(lowering.lower(copy, new Set(copy.members.map((m) => m.node))), false);
    }
    for (const [node, place] of plan.places) places.set(node, place);
    const still = [...plan.bindings].filter(([, binding]) => binding.stride === 0);
    const inner = lowering.inLoop(new Set(still.map(([node]) => node)), () =>
      buildSteps(schedule(plan.roots, [], false, fused), lowering, fused),
    );
    for (const [node, place] of inner.places) places.set(node, place);
    for (const node of inner.stored) written.add(node);
    if (inner.steps.length > 0) steps.push(loopOf(group.scan!, inner.steps, plan.bindings));
  });
  return { steps, places, stored: written };
}

function loopOf(scan: GraphNode<'scan'>, steps: readonly Step[], bindings: Loop['bindings']): Loop {
  const once = new Map<Stage, Launch>();
  const isFixed = (word: Word | undefined): boolean => {
    const binding = word?.kind === 'address' ? bindings.get(word.of) : undefined;
    return binding?.stride === 0;
  };
  for (const step of steps) {
    if (step.kind === 'loop' || step.launches.length > 1) continue;
    const launch = step.launches[0]!;
    for (const stage of launch.stages) {
      if (stage.reads !== undefined && isFixed(launch.words[stage.reads])) once.set(stage, launch);
    }
  }
  return { kind: 'loop', scan, steps, bindings, once };
}

/** The run with one more launch, if that has the same code and depends on none of the run's. */
function join(run: Run, launch: Launch, update: boolean): Run | undefined {
  const first = run.launches[0]!;
  const joins =
    run.update === update &&
    launch.stages.length === 1 &&
    first.stages.length === 1 &&
    first.stages[0]!.entry === launch.stages[0]!.entry &&
    run.launches.every((other) => !launch.group.before.has(other.group));
  return joins ? { ...run, launches: [...run.launches, launch] } : undefined;
}
