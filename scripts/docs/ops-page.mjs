// docs/ops.md: the primitives, from the rows of the op table.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { cell } from './markdown.mjs';

const introduction = `<!-- Written by \`npm run docs\` from the rows of the op table in src/engine/ops. -->

# Operations

The primitives of the engine. All else is composed of them; each backend computes every one of them,
and is tested on each against the reference in f64. The dtypes are those of the operands that hold
values or, where there are none and for \`cast\`, of the result. Gradients that exist are tested
against finite differences.
`;

const families = {
  source: 'Sources',
  elementwise: 'Elementwise',
  movement: 'Movement',
  reduce: 'Reductions',
  window: 'Windows',
  contraction: 'Contraction',
  indexed: 'Indexed',
  segment: 'Segments',
  sparse: 'Sparse matrices',
};

/** @param {string} folder Where src has been compiled to. */
export async function opsPage(folder) {
  const { OPS } = await import(pathToFileURL(join(folder, 'engine/ops/index.js')).href);
  return opTable(Object.values(OPS));
}

/** @param {readonly object[]} rows As `OpRow` in src/engine/ops/row.ts. */
export function opTable(rows) {
  const parts = [introduction];
  for (const family of new Set([...Object.keys(families), ...rows.map((row) => row.family)])) {
    const own = rows.filter((row) => row.family === family);
    if (own.length === 0) continue;
    const head = '| Name | Equation | Dtypes | Gradient | What it does |\n|---|---|---|---|---|';
    parts.push(`## ${families[family] ?? family}\n\n${head}\n${own.map(line).join('\n')}\n`);
  }
  return parts.join('\n');
}

function line({ name, equation, dtypes, gradient, doc }) {
  const flows = typeof gradient === 'function' ? 'yes' : `no: ${cell(gradient.none)}`;
  const formula = `\`${equation.replaceAll('|', '\\|')}\``;
  return `| \`${name}\` | ${formula} | ${dtypes.join(', ')} | ${flows} | ${cell(doc)} |`;
}
