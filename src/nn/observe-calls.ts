import type { Module } from './module.js';

/** A call of a module's `forward` that has returned. */
export interface ModuleCall {
  /** Dotted, as in `namedModules`; '' for the model itself. */
  readonly name: string;
  readonly module: Module;
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

/**
 * The result of `run`, during which `onCall` is told of every call of `forward` of the model and of
 * all modules below, inner calls first. Without such a run nothing is in the way of a call.
 */
export function observeCalls<R>(
  model: Module,
  onCall: (call: ModuleCall) => void,
  run: () => R,
): R {
  const modules = [...model.namedModules()];
  const before = modules.map(([, module]) => Object.getOwnPropertyDescriptor(module, 'forward'));
  try {
    for (const [name, module] of modules) {
      const forward = module.forward.bind(module) as (...inputs: unknown[]) => unknown;
      const observed = (...inputs: unknown[]): unknown => {
        const output = forward(...inputs);
        onCall({ name, module, inputs, output });
        return output;
      };
      // In front of the class's own, and out of sight of what walks over the fields.
      Object.defineProperty(module, 'forward', { value: observed, configurable: true });
    }
    return run();
  } finally {
    for (const [i, [, module]] of modules.entries()) {
      delete (module as Partial<Module>).forward;
      if (before[i]) Object.defineProperty(module, 'forward', before[i]);
    }
  }
}
