// Fails on import cycles, on imports against the layers, and on Node in what must run in a browser.
// Types count as imports: a layer that needs another's types depends on it all the same.
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { isNodeOnly, layerOf, layers } from './layers.mjs';
import { filesUnder, root } from './prepare.mjs';

const problems = [];

/** The module names that a file imports or re-exports, statically or by `import('…')`. */
function importsOf(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const { errors, module } = parseSync(path, text);
  for (const { message } of errors) problems.push(`${path}: ${message}`);
  return [
    ...module.staticImports.map((i) => i.moduleRequest.value),
    ...module.staticExports.flatMap((e) => e.entries.map((entry) => entry.moduleRequest?.value)),
    ...module.dynamicImports
      .map((i) => /^(['"`])([^$]*)\1$/.exec(text.slice(i.moduleRequest.start, i.moduleRequest.end)))
      .map((match) => match?.[2]),
  ].filter((name) => name !== undefined && name !== null);
}

/** Checks one import; returns the source file it leads to, if it leads to one. */
function check(from, name) {
  if (!name.startsWith('.')) {
    if ((name.startsWith('node:') || builtinModules.includes(name)) && !isNodeOnly(from)) {
      problems.push(`${from}: imports ${name}, but only Node entries may`);
    }
    if (name === 'gradus' || name.startsWith('gradus/')) {
      problems.push(`${from}: imports ${name}; use a relative path inside src`);
    }
    return undefined;
  }
  const to = posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts');
  if (!to.startsWith('src/') || !existsSync(join(root, to))) {
    problems.push(`${from}: ${name} is no file in src`);
    return undefined;
  }
  const [source, target] = [layerOf(from), layerOf(to)];
  if (source && target && source !== target && !layers[source].includes(target)) {
    problems.push(`${from}: ${source} may not import ${target} (${to})`);
  }
  if (isNodeOnly(to) && !isNodeOnly(from)) {
    problems.push(`${from}: imports ${to}, which runs in Node only`);
  }
  return to;
}

/** Reports each cycle that a depth-first walk closes: every back edge, with the path that led to it. */
function findCycles(graph) {
  const state = new Map();
  const trail = [];
  function visit(path) {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      problems.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
      return;
    }
    state.set(path, 'open');
    trail.push(path);
    for (const next of graph.get(path)) visit(next);
    trail.pop();
    state.set(path, 'done');
  }
  for (const path of graph.keys()) visit(path);
}

const sources = filesUnder('src', '.ts');
const graph = new Map();
for (const path of sources) {
  if (!layerOf(path)) problems.push(`${path}: in no layer; see scripts/layers.mjs`);
  const targets = importsOf(path).map((name) => check(path, name));
  graph.set(path, new Set(targets.filter((to) => to !== undefined)));
}
findCycles(graph);

for (const problem of problems) console.error(problem);
const edges = [...graph.values()].reduce((sum, targets) => sum + targets.size, 0);
console.log(`${sources.length} files, ${edges} imports, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
