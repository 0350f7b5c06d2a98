// docs/coverage.md: which backend computes which operation in which dtype, from the op table.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const introduction = `<!-- Written by \`npm run docs\` from the rows of the op table in src/engine/ops. -->

# Coverage

Which backend computes which operation in which dtype: **i** the interpreter, node by node in f64, the
reference of all tests; **w** WebAssembly with SIMD; **n** native code from a C compiler. A dot: it is
not among the operation's dtypes. The dtype is that of the operands that hold values or, where there
are none and for \`cast\`, of the result.

Each letter is a test: test/engine/backends/oracle.test.ts and native/oracle.test.ts next to it compare
every cell with the reference, on plain and on special values, and test/docs/coverage.test.ts holds
this page against them. A scan has no kernel but repeats those of its body, in any dtype; scans over
random bodies are compared in test/engine/compiler/scan-fuzz.test.ts. What the operations do is in [ops.md](ops.md).
`;

const DTYPES = ['f32', 'f64', 'i32', 'u8', 'bool'];

/** Everything above the loop IR is shared, so a backend computes all of the table or does not load. */
const BACKENDS = { interpreter: 'i', wasm: 'w', native: 'n' };

/** @param {string} folder Where src has been compiled to. */
export async function coveragePage(folder) {
  const { OPS } = await import(pathToFileURL(join(folder, 'engine/ops/index.js')).href);
  // A leaf is given, and a scan repeats other operations: they have no kernel.
  const rows = Object.values(OPS).filter((row) => row.name !== 'leaf' && row.family !== 'control');
  return coverageTable(rows);
}

/** @param {readonly { name: string, dtypes: readonly string[], gradient: unknown }[]} rows */
export function coverageTable(rows) {
  const letters = Object.values(BACKENDS).join(' ');
  const lines = rows.map(({ name, dtypes, gradient }) => {
    const cells = DTYPES.map((dtype) => (dtypes.includes(dtype) ? letters : '·'));
    const flows = typeof gradient === 'function' ? '∂' : '·';
    return `| \`${name}\` | ${[...cells, flows].join(' | ')} |`;
  });
  const cells = rows.reduce((n, { dtypes }) => n + dtypes.length, 0);
  const count = `${rows.length} operations, ${cells} pairs of operation and dtype, each on \
${Object.keys(BACKENDS).length} backends. ∂: has a gradient.`;
  const head = `| Name | ${DTYPES.join(' | ')} | Gradient |\n|---${'|:-:'.repeat(DTYPES.length + 1)}|`;
  return `${introduction}\n${count}\n\n${head}\n${lines.join('\n')}\n`;
}
