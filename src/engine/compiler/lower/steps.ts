/** One dimension of an index, with the strides by which `N` operands advance along it. */
export interface Step<N extends 1 | 2> {
  readonly extent: number;
  readonly by: N extends 1 ? readonly [number] : readonly [number, number];
}

/** The dimensions of an index, outermost first. */
export type Steps<N extends 1 | 2> = readonly Step<N>[];

/** Fewer dimensions over the same elements: neighbours that all operands cross as one are merged. */
export function mergeSteps<N extends 1 | 2>(steps: Steps<N>): Steps<N> {
  const merged: Step<N>[] = [];
  steps.forEach((step, i) => {
    if (step.extent === 1 && (merged.length > 0 || i < steps.length - 1)) return;
    const above = merged[merged.length - 1];
    const joins = above?.by.every((by, n) => by === step.by[n]! * step.extent) ?? false;
    if (joins) merged.pop();
    merged.push({ extent: step.extent * (joins ? above!.extent : 1), by: step.by });
  });
  return merged;
}

/** Number of elements. */
export function sizeOfSteps(steps: readonly { readonly extent: number }[]): number {
  return steps.reduce((n, d) => n * d.extent, 1);
}

/** The strides of an operand that lies contiguous in the order of the index. */
export function linearStrides(
  steps: readonly { readonly extent: number }[],
  unit: number,
): number[] {
  const strides = new Array<number>(steps.length);
  let stride = unit;
  for (let i = steps.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= steps[i]!.extent;
  }
  return strides;
}
