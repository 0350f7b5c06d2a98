// Line plots as SVG files for the docs, drawn by ECharts without a browser.
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const INK = '#475467';
const RULE = '#e4e7ec';
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/**
 * Lines over common axes, in a file of their own: white behind, so that it can be read on any page.
 *
 * @typedef {object} Line
 * @property {readonly (readonly [number, number | null])[]} points Null is a gap.
 * @property {string} [name] For the legend, which is there if lines have names.
 * @property {boolean} [dashed]
 *
 * @param {object} plot
 * @param {string} plot.title
 * @param {readonly Line[]} plot.lines
 * @param {number} plot.xStep Between the labels of the axis.
 * @param {string} [plot.xName] What stands under it.
 * @param {boolean} [plot.isLog] Whether the upright axis is logarithmic.
 * @param {number} [plot.width]
 * @param {number} [plot.height]
 */
export function linePlot(plot) {
  const { title, lines, xStep, xName, isLog = false, width = 300, height = 200 } = plot;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const label = { color: INK, fontSize: 11, hideOverlap: true };
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      color: COLOURS,
      title: { text: title, left: 8, top: 4, textStyle: { color: INK, fontSize: 13 } },
      legend: { show: lines.some(({ name }) => name), orient: 'vertical', right: 8, top: 32 },
      grid: {
        left: 8,
        right: lines.some(({ name }) => name) ? 210 : 16,
        top: 32,
        bottom: xName ? 26 : 8,
        outerBoundsMode: 'same',
      },
      xAxis: {
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        interval: xStep,
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
        axisLabel: isLog ? { ...label, formatter: powerOfTen } : label,
      },
      series: lines.map(({ points, name, dashed }) => ({
        name,
        type: 'line',
        silent: true,
        data: points,
        symbol: 'none',
        lineStyle: { width: 2, type: dashed ? [6, 4] : 'solid' },
      })),
    });
    return cleaned(chart.renderToSVGString());
  } finally {
    // It holds a timer that would keep the process alive.
    chart.dispose();
  }
}

/** 1000 as 1e3. */
const powerOfTen = (value) => `1e${Math.round(Math.log10(value))}`;

/** Without hover styles, the same each time, and with no more digits than can be seen. */
function cleaned(svg) {
  return `${svg
    .replaceAll(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (class|pointer-events|ecmeta_\w+|baseProfile)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, 'plot-')
    .replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))))}\n`;
}
