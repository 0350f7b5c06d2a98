/**
 * Uses a module of Node's own, where there is one; without an import, which a bundler for browsers
 * would have to resolve.
 */
export function withBuiltin<T, R>(name: string, use: (module: T) => R): R | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  const module = process?.getBuiltinModule?.(name) as T | undefined;
  return module && use(module);
}
