// Peers in `bench/external`, which has no part in the workspace: they may be absent, and so may their
// types.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../external/', import.meta.url);
const requireExternal = createRequire(new URL('package.json', folder));

/** A module of a package there; `T` is the part of it that a peer uses. */
export function external<T>(specifier: string): T {
  return requireExternal(specifier) as T;
}

export function externalVersion(name: string): string {
  const path = fileURLToPath(new URL(`node_modules/${name}/package.json`, folder));
  if (!existsSync(path)) throw new Error(`${name} is not installed in bench/external`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
