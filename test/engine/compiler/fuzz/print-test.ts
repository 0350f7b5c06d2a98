import type { GraphNode, OpName } from '../../../../src/engine/graph/node.js';
import { infer } from '../../../../src/engine/ops/index.js';
import type { RefArray } from '../../../../src/engine/ops/index.js';
import { leavesOf, operationsOf } from './graph.js';
import type { FuzzGraph } from './graph.js';

/** A test of one graph: its source, and a name that tells it from others. */
export interface PrintedTest {
  readonly name: string;
  readonly source: string;
}

/** A graph as a test that anyone can run, which expects every device to be right about it. */
export function printTest(graph: FuzzGraph, reason: string): PrintedTest {
  const names = new Map<GraphNode, string>();
  const leaves = leavesOf(graph);
  leaves.forEach((leaf, i) => names.set(leaf, `x${i}`));
  const lines = operationsOf(graph).map((node, i) => {
    names.set(node, `n${i}`);
    const inputs = node.inputs.map((x) => names.get(x)!).join(', ');
    const wanted = isDetermined(node) ? '' : `, ${wantedOf(node)}`;
    return `      const n${i} = b.node('${node.op}', [${inputs}], ${literal(node.attrs)}${wanted});`;
  });
  const body = [
    '  expectKept(',
    '    [',
    ...leaves.map((leaf) => `      ${valueOf(graph.values.get(leaf)!)},`),
    '    ],',
    `    (${leaves.map((leaf) => names.get(leaf)!).join(', ')}) => {`,
    ...lines,
    `      return [${graph.outputs.map((n) => names.get(n)!).join(', ')}];`,
    '    },',
    '  );',
  ].join('\n');
  const name = hashOf(body);
  const source = `// Kept by the fuzzer: ${reason.replaceAll('\n', ' ')}
import { it } from 'vitest';
import { build as b } from '../../../../src/engine/ops/index.js';
import { values } from '../../ops/run.js';
import { expectKept } from '../fuzz/expect-kept.js';

it('kept graph ${name}', () => {
${body}
});
`;
  return { name, source };
}

function valueOf({ dtype, shape, data }: RefArray): string {
  return `values('${dtype}', ${literal([...data])}, ${literal(shape)})`;
}

function wantedOf({ dtype, shape }: GraphNode): string {
  return `{ dtype: '${dtype}', shape: ${literal(shape)} }`;
}

/** Whether the operands determine the result's shape and dtype. */
function isDetermined(node: GraphNode): boolean {
  try {
    const type = infer<OpName>(node.op, node.inputs, node.attrs, {});
    return type.dtype === node.dtype && type.shape.join() === node.shape.join();
  } catch {
    return false;
  }
}

/** A value of numbers, strings, arrays and plain objects as source text, exactly. */
function literal(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new Error('the fuzzer cannot print this attribute; teach literal() in print-test.ts.');
  }
  const entries = Object.entries(value as object).map(([k, v]) => `${k}: ${literal(v)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** 32 bits of FNV-1a, as eight hexadecimal digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const c of text) hash = Math.imul(hash ^ c.codePointAt(0)!, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
