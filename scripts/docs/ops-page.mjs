// docs/ops.md: the primitives, from the rows of the op table.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { cell } from './markdown.mjs';

const introduction = `<!-- Written by \`npm run docs\` from the rows of the op table in src/engine/ops. -->

# Operations

The primitives of the engine. All else is composed of them; each backend computes every one of them,
and is tested on each against the reference in f64. The dtypes are those of the operands that hold
values or, where there are none and for \`cast\`, of the result; [coverage.md](coverage.md) has them as
a table. Operands of an elementwise operation agree in shape; broadcasting is a movement of its own.
Gradient rules are made of these operations, so they can be differentiated again, to any order; each is
tested against finite differences to the second.
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
  control: 'Control',
};

/** @param {string} folder Where src has been compiled to. */
export async function opsPage(folder) {
  const load = (file) => import(pathToFileURL(join(folder, 'engine/ops', file)).href);
  const [{ OPS }, { OP_PROSE }] = await Promise.all([load('index.js'), load('prose.js')]);
  return opTable(Object.values(OPS).map((row) => ({ ...row, ...OP_PROSE[row.name] })));
}

/** @param {readonly object[]} rows As `OpRow` and `OpProse` in src/engine/ops. */
export function opTable(rows) {
  const parts = [introduction];
  for (const family of new Set([...Object.keys(families), ...rows.map((row) => row.family)])) {
    const own = rows.filter((row) => row.family === family);
    if (own.length === 0) continue;
    const head = `| Name | Equation | Shapes | Dtypes | Gradient | What it does |\n${'|---'.repeat(6)}|`;
    parts.push(`## ${families[family] ?? family}\n\n${head}\n${own.map(line).join('\n')}\n`);
  }
  return parts.join('\n');
}

function textOf({ special, none }) {
  return special === undefined ? `none: ${cell(none)}` : `any order: ${cell(special)}`;
}

function line({ name, family, equation, shapes, dtypes, gradient, doc }) {
  const flows = typeof gradient === 'function' ? 'any order' : textOf(gradient);
  const code = (text) => `\`${text.replaceAll('|', '\\|').replaceAll('`', '')}\``;
  const sizes = code(shapes ?? (family === 'elementwise' ? 'S → S' : '?'));
  return `| \`${name}\` | ${code(equation)} | ${sizes} | ${dtypes.join(', ')} | ${flows} | ${cell(doc)} |`;
}
