// A figure of several small charts beside each other, as SVG by ECharts on the server.
import * as echarts from 'echarts';

const INK = '#344054';
const RULE = '#e4e7ec';
const COLOURS = ['#2563eb', '#d97706', '#059669', '#db2777', '#7c3aed', '#475467'];
/** Room around the axes of a panel. */
const MARGIN = { left: 48, right: 14, top: 34, bottom: 30 };
/** Room for the names of lines below all panels. */
const LEGEND = 26;

/**
 * @typedef {object} Line
 * @property {readonly (readonly [number, number])[]} points
 * @property {string} [name] For the legend; lines of one name have one colour.
 * @property {boolean} [dashed]
 */

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {readonly Line[]} lines
 * @property {string} [x] What the horizontal axis counts.
 * @property {boolean} [log] A logarithmic vertical axis.
 */

/**
 * @param {object} figure
 * @param {string} figure.label
 * @param {number} figure.columns
 * @param {readonly Panel[]} figure.panels
 * @param {number} [figure.width] Of a panel.
 * @param {number} [figure.height]
 */
export function panelsFigure({
  label,
  columns,
  panels,
  width = columns > 2 ? 300 : 390,
  height = columns > 2 ? 190 : 240,
}) {
  const names = [...new Set(panels.flatMap((p) => p.lines.flatMap((l) => l.name ?? [])))];
  const rows = Math.ceil(panels.length / columns);
  const size = {
    width: columns * width,
    height: rows * height + (names.length > 0 ? LEGEND : 0),
  };
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    const corner = (i) => ({
      left: (i % columns) * width,
      top: Math.floor(i / columns) * height,
    });
    const text = { color: INK, fontSize: 11 };
    chart.setOption({
      animation: false,
      color: COLOURS,
      backgroundColor: '#ffffff',
      title: panels.map(({ title }, i) => ({
        text: title,
        left: corner(i).left + width / 2,
        top: corner(i).top + 8,
        textAlign: 'center',
        textStyle: { color: INK, fontSize: 13, fontWeight: 600 },
      })),
      legend: { show: names.length > 0, data: names, bottom: 2, itemGap: 26, textStyle: text },
      grid: panels.map((_, i) => ({
        left: corner(i).left + MARGIN.left,
        top: corner(i).top + MARGIN.top,
        width: width - MARGIN.left - MARGIN.right,
        height: height - MARGIN.top - MARGIN.bottom,
      })),
      xAxis: panels.map(({ x = '' }, gridIndex) => ({
        gridIndex,
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        name: x,
        nameLocation: 'middle',
        nameGap: 17,
        nameTextStyle: text,
        splitNumber: 4,
        splitLine: { show: false },
        axisLine: { show: true, onZero: false, lineStyle: { color: INK } },
        axisLabel: { ...text, hideOverlap: true, formatter: shortText },
      })),
      yAxis: panels.map(({ log = false }, gridIndex) => ({
        gridIndex,
        type: log ? 'log' : 'value',
        scale: true,
        splitNumber: 4,
        splitLine: { lineStyle: { color: RULE } },
        axisLabel: { ...text, hideOverlap: true, formatter: shortText },
      })),
      series: panels.flatMap(({ lines }, i) =>
        lines.map(({ name, points, dashed = false }) => ({
          type: 'line',
          xAxisIndex: i,
          yAxisIndex: i,
          // A figure without names has one colour.
          name: name ?? '',
          color: COLOURS[name === undefined ? 0 : names.indexOf(name) % COLOURS.length],
          silent: true,
          symbol: 'none',
          lineStyle: { width: 1.75, type: dashed ? [5, 4] : 'solid' },
          data: points.map(([a, b]) => [rounded(a), rounded(b)]),
        })),
      ),
    });
    return cleaned(chart.renderToSVGString(), label);
  } finally {
    // It holds a timer that would keep the process alive.
    chart.dispose();
  }
}

/** Digits that nobody sees differ between versions of Node. */
const rounded = (value) => Number(value.toPrecision(5));

const shortText = (value) => {
  const digits = Number(value.toPrecision(3));
  return Math.abs(digits) >= 1e4 || (digits !== 0 && Math.abs(digits) < 1e-3)
    ? digits.toExponential().replace('e+', 'e')
    : String(digits);
};

/** Without hover styles, the same each time, with a name for those who cannot see it. */
function cleaned(svg, label) {
  const name = label.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `${svg
    .replaceAll(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, 'p-')
    .replace('<svg ', `<svg role="img" aria-label="${name}" `)
    .trim()}\n`;
}
