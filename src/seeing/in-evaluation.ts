import type { Module } from '../nn/index.js';

/** The result of `run`, during which the model is in evaluation mode, and each module as before after it. */
export function inEvaluation<R>(model: Module, run: () => R): R {
  const before = [...model.modules()].map((module) => [module, module.training] as const);
  try {
    model.eval();
    return run();
  } finally {
    // Outer before inner, as `train` sets all below as well.
    for (const [module, mode] of before) module.train(mode);
  }
}
