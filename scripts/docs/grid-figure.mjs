// Figures of small matrices side by side, as SVG files for the docs: numbers in cells, some of them marked.

const INK = '#475467';
const RULE = '#d0d5dd';
const FAINT = '#98a2b3';
const FILLS = {
  plain: '#ffffff',
  other: '#eef2f6',
  padding: '#f2f4f7',
  input: '#a6d0ec',
  weight: '#fcd3a1',
  output: '#a8e0c8',
};
const CELL = 30;
/** Between grids of a panel, between panels, and around all. */
const [GAP, SPACE, MARGIN] = [10, 34, 12];
const LABEL = 20;

/**
 * A matrix of numbers; `mark` names the fill of a cell.
 *
 * @typedef {object} Grid
 * @property {readonly (readonly number[])[]} values
 * @property {(row: number, column: number) => keyof typeof FILLS} [mark]
 */

/**
 * Grids in rows and columns below a label, such as the channels of a tensor, or what stands between two of
 * them, such as '*'.
 *
 * @typedef {string | { label: string, grids: readonly (readonly Grid[])[] }} Panel
 */

/**
 * The figure as the text of a file: white behind, so that it can be read on any page.
 *
 * @param {string} title What it shows, for who does not see it.
 * @param {readonly Panel[]} panels From left to right.
 */
export function gridFigure(title, panels) {
  const sizes = panels.map(sizeOf);
  const inner = Math.max(...sizes.map(({ height }) => height));
  const height = inner + LABEL + 2 * MARGIN;
  const parts = [];
  let x = MARGIN;
  panels.forEach((panel, i) => {
    const size = sizes[i];
    const y = MARGIN + LABEL + (inner - size.height) / 2;
    parts.push(typeof panel === 'string' ? sign(panel, x, size, y) : drawn(panel, x, y, size));
    x += size.width;
  });
  const width = x + MARGIN;
  const box = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" font-family="sans-serif" text-anchor="middle">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function sizeOf(panel) {
  if (typeof panel === 'string') return { width: SPACE + 7 * (panel.length - 1), height: CELL };
  const { grids, label } = panel;
  const wide = spans(grids[0].map(({ values }) => values[0].length));
  const high = spans(grids.map(([first]) => first.values.length));
  return { width: Math.max(wide.end, 7 * label.length), height: high.end };
}

/** Where grids of these numbers of cells begin, one after the other, and where the last one ends. */
function spans(counts) {
  const starts = [];
  let at = 0;
  for (const count of counts) {
    starts.push(at);
    at += count * CELL + GAP;
  }
  return { starts, end: at - GAP };
}

function sign(text, x, { width, height }, y) {
  return write(text, x + width / 2, y + height / 2 + 6, 18, INK);
}

function drawn({ label, grids }, x, y, { width }) {
  const columns = spans(grids[0].map(({ values }) => values[0].length));
  const rows = spans(grids.map(([first]) => first.values.length));
  const left = x + (width - columns.end) / 2;
  const parts = [write(label, x + width / 2, y - 8, 13, INK)];
  grids.forEach((line, i) =>
    line.forEach((grid, j) => {
      parts.push(...cellsOf(grid, left + columns.starts[j], y + rows.starts[i]));
    }),
  );
  return parts.join('\n');
}

function cellsOf({ values, mark = () => 'plain' }, left, top) {
  return values.flatMap((line, i) =>
    line.map((value, j) => {
      const [x, y, kind] = [left + j * CELL, top + i * CELL, mark(i, j)];
      const square = `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}"`;
      const digits = number(value);
      const size = digits.length > 4 ? 10 : 12;
      const colour = kind === 'padding' ? FAINT : INK;
      const text = write(digits, x + CELL / 2, y + CELL / 2 + 4, size, colour);
      return `${square} fill="${FILLS[kind]}" stroke="${RULE}"/>${text}`;
    }),
  );
}

/** With a minus sign, and no more digits than fit. */
const number = (value) => String(Number(value.toFixed(2)) + 0).replace('-', '−');

function write(text, x, y, size, colour) {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}">${escaped(text)}</text>`;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
