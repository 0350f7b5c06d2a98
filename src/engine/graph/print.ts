import { formatShape } from '../core/shape.js';
import type { GraphNode } from './node.js';
import { topological } from './node.js';

/**
 * The graph behind `outputs` as text, one node a line, numbered in the order of evaluation:
 * `%3: f32[64, 10] = dot(%1, %2) {batch: [[], []], contract: [[1], [0]]}`.
 */
export function printGraph(outputs: readonly GraphNode[]): string {
  const names = new Map<GraphNode, string>();
  const lines: string[] = [];
  const nameOf = (node: GraphNode): string => names.get(node)!;
  for (const node of topological(outputs)) {
    names.set(node, `%${names.size}`);
    const operands = node.inputs.map(nameOf).join(', ');
    const attrs = formatAttrs(node.attrs);
    lines.push(`${nameOf(node)}: ${formatType(node)} = ${node.op}(${operands})${attrs}`);
  }
  lines.push(`return ${outputs.map(nameOf).join(', ')}`);
  return lines.join('\n');
}

function formatType(node: GraphNode): string {
  return `${node.dtype}${formatShape(node.shape)}`;
}

function formatAttrs(attrs: object): string {
  const entries = Object.entries(attrs).map(([key, value]) => `${key}: ${formatValue(value)}`);
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (Object.is(value, -0)) return '-0';
  // What stands behind a leaf holds buffers and more; its kind is what a reader needs.
  if (typeof value === 'object' && value !== null && 'kind' in value) return String(value.kind);
  return String(value);
}
