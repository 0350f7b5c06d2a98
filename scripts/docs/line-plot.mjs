// Line plots as SVG files for the docs, drawn by ECharts without a browser.
import { LineChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([LineChart, GridComponent, TitleComponent, SVGRenderer]);

const INK = '#475467';
const RULE = '#e4e7ec';
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/**
 * Lines over common axes, in a file of their own: white behind, so that it can be read on any page.
 *
 * @param {object} plot
 * @param {string} plot.title
 * @param {{ name: string, points: readonly (readonly [number, number | null])[] }[]} plot.lines Every
 *   other one dashed; null is a gap.
 * @param {string} [plot.xName] What stands under the axis.
 * @param {boolean} [plot.isLog] Whether the upright axis is logarithmic.
 * @param {number} [plot.width]
 * @param {number} [plot.height]
 */
export function linePlot({ title, lines, xName, isLog = false, width = 300, height = 200 }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const label = { color: INK, fontSize: 11, hideOverlap: true };
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      title: { text: title, left: 8, top: 4, textStyle: { color: INK, fontSize: 13 } },
      grid: { left: 8, right: 16, top: 32, bottom: xName ? 26 : 8, outerBoundsMode: 'same' },
      xAxis: {
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        name: xName,
        nameLocation: 'middle',
        nameGap: 24,
        splitLine: { show: false },
        axisTick: { show: false },
        axisLine: { onZero: !isLog, lineStyle: { color: INK } },
        axisLabel: label,
      },
      yAxis: {
        type: isLog ? 'log' : 'value',
        splitLine: { lineStyle: { color: RULE } },
        axisTick: { show: false },
        axisLine: { show: !isLog, lineStyle: { color: INK } },
        axisLabel: label,
      },
      series: lines.map(({ points }, i) => ({
        type: 'line',
        silent: true,
        data: points,
        symbol: 'none',
        lineStyle: { color: colourOf(i), width: 2, type: i % 2 === 1 ? [6, 4] : 'solid' },
      })),
    });
    return cleaned(chart.renderToSVGString());
  } finally {
    // It holds a timer that would keep the process alive.
    chart.dispose();
  }
}

/** The colour of a line. */
export const colourOf = (i) => COLOURS[i % COLOURS.length];

/** Without hover styles, the same each time, and with no more digits than can be seen. */
function cleaned(svg) {
  return `${svg
    .replaceAll(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (class|pointer-events|ecmeta_\w+|baseProfile)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, 'plot-')
    .replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))))}\n`;
}
