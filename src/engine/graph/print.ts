import { formatShape } from '../core/shape.js';
import type { GraphNode } from './node.js';
import { isOp, topological } from './node.js';

/**
 * The graph behind `outputs` as text, one node a line, numbered in the order of evaluation:
 * `%3: f32[64, 10] = dot(%1, %2) {batch: [[], []], contract: [[1], [0]]}`. The body of a scan follows
 * its line, indented, parameters first.
 */
export function printGraph(outputs: readonly GraphNode[]): string {
  return linesOf(topological(outputs), outputs, '%').join('\n');
}

function linesOf(
  nodes: readonly GraphNode[],
  outputs: readonly GraphNode[],
  prefix: string,
): string[] {
  const names = new Map<GraphNode, string>();
  const lines: string[] = [];
  const nameOf = (node: GraphNode): string => names.get(node)!;
  for (const node of nodes) {
    names.set(node, `${prefix}${names.size}`);
    const operands = node.inputs.map(nameOf).join(', ');
    const attrs = formatAttrs(node.attrs);
    lines.push(`${nameOf(node)}: ${formatType(node)} = ${node.op}(${operands})${attrs}`);
    if (isOp(node, 'scan')) {
      const { params, results } = node.attrs.body;
      const inner = [...new Set([...params, ...topological(results)])];
      lines.push(...linesOf(inner, results, `${nameOf(node)}.`).map((line) => `  ${line}`));
    }
  }
  lines.push(`return ${outputs.map(nameOf).join(', ')}`);
  return lines;
}

function formatType(node: GraphNode): string {
  return `${node.dtype}${formatShape(node.shape)}`;
}

function formatAttrs(attrs: object): string {
  const entries = Object.entries(attrs)
    .filter(([key]) => key !== 'body')
    .map(([key, value]) => `${key}: ${formatValue(value)}`);
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (Object.is(value, -0)) return '-0';
  // What stands behind a leaf holds buffers and more; its kind is what a reader needs.
  if (typeof value === 'object' && value !== null && 'kind' in value) return String(value.kind);
  return String(value);
}
