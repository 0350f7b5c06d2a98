let enabled = true;

/** Whether operations are recorded for differentiation. */
export function isGradEnabled(): boolean {
  return enabled;
}

/**
 * The result of `f`, in which nothing is recorded for differentiation: what it makes has
 * `requiresGrad` false and counts as constant.
 *
 * @example
 * const accuracy = noGrad(() => model.forward(x).argmax(-1).eq(labels).mean());
 */
export function noGrad<R>(f: () => R): R {
  return withGrad(false, f);
}

/** The result of `f`, in which operations are recorded for differentiation, also inside noGrad. */
export function enableGrad<R>(f: () => R): R {
  return withGrad(true, f);
}

function withGrad<R>(on: boolean, f: () => R): R {
  const before = enabled;
  enabled = on;
  try {
    return f();
  } finally {
    enabled = before;
  }
}
