import { exactJson } from '../core/exact-json.js';
import type { GraphNode, LeafSource } from '../graph/node.js';
import { isOp, topological } from '../graph/node.js';

/** A graph's structure, apart from the values behind its leaves. */
export interface Structure {
  /** Equal keys mean that one plan serves both graphs. */
  readonly key: string;
  /** The sources of the leaves in the order in which the key numbers them. */
  readonly sources: readonly LeafSource[];
}

/** Describes the graph below `roots`; `describe` tells what matters of a leaf's source. */
export function structureOf(
  roots: readonly GraphNode[],
  describe: (source: LeafSource) => string,
): Structure {
  const numbers = new Map<GraphNode, number>();
  const sources = new Map<LeafSource, number>();
  const parts: string[] = [];
  for (const node of topological(roots)) {
    numbers.set(node, numbers.size);
    const inputs = node.inputs.map((x) => numbers.get(x)!).join();
    let attrs: string;
    if (isOp(node, 'leaf')) {
      const { source } = node.attrs;
      if (!sources.has(source)) sources.set(source, sources.size);
      attrs = `${sources.get(source)!}${describe(source)}`;
    } else attrs = exactJson(node.attrs);
    parts.push(`${node.op}(${inputs})${attrs}${node.dtype}[${node.shape.join()}]`);
  }
  parts.push(roots.map((r) => numbers.get(r)!).join());
  return { key: parts.join(';'), sources: [...sources.keys()] };
}
