import { LineChart, type LineSeriesOption } from 'echarts/charts';
import { GridComponent, type GridComponentOption } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from './html.js';

echarts.use([LineChart, GridComponent, SVGRenderer]);

/** A line of a chart. */
export interface Line {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly colour: string;
  /** A mark at each point. */
  readonly marks?: boolean;
  readonly dashed?: boolean;
  /** Thin and pale: what is noisy. */
  readonly faint?: boolean;
}

/** What a chart shows. */
export interface ChartOptions {
  /** Unique in the document, without spaces. */
  readonly id: string;
  /** For those who cannot see it. */
  readonly label: string;
  /** Right end of the axis below, which begins at 0: the number of epochs, say. */
  readonly right: number;
  readonly lines: readonly Line[];
  /** Values are shares, shown in percent. */
  readonly percent?: boolean;
  /** Likewise what stands below. */
  readonly percentX?: boolean;
}

/** In units that the page scales: near the size on a screen, so that text stays readable. */
const SIZE = { width: 480, height: 280 };
const INK = '#475467';
const RULE = '#e4e7ec';

type Option = echarts.ComposeOption<LineSeriesOption | GridComponentOption>;

/**
 * A line chart as inline SVG. It holds no words, so that it serves every language; the
 * page writes them beside it.
 */
export function lineChart(options: ChartOptions): string {
  const { id, label, right, lines, percent = false, percentX = false } = options;
  const top = topOf(lines, percent);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    const option: Option = {
      animation: false,
      grid: { left: 4, right: 14, top: 12, bottom: 4, outerBoundsMode: 'same' },
      xAxis: {
        type: 'value',
        min: 0,
        max: right,
        ...(percentX ? {} : { minInterval: 1 }),
        splitLine: { show: false },
        axisLine: { show: true, lineStyle: { color: INK } },
        axisLabel: {
          color: INK,
          fontSize: 13,
          hideOverlap: true,
          ...(percentX ? { formatter: shareText } : {}),
        },
      },
      yAxis: {
        type: 'value',
        scale: true,
        ...top,
        splitLine: { lineStyle: { color: RULE } },
        axisLabel: {
          color: INK,
          fontSize: 13,
          // An end that is no round number would be written over the tick below it.
          ...(top.max === undefined || percent ? {} : { showMaxLabel: false }),
          formatter: (value: number) =>
            percent ? shareText(value) : String(Number(value.toPrecision(4))),
        },
      },
      series: lines.map(seriesOf),
    };
    chart.setOption(option);
    return cleaned(chart.renderToSVGString(), id, label);
  } finally {
    // It holds a timer that would keep the process alive.
    chart.dispose();
  }
}

const shareText = (value: number): string => `${Number((100 * value).toFixed(2))}%`;

/**
 * Where the axis has to end at the top: no accuracy is above 100%, and the few first steps, whose
 * loss is far above all others, may leave the chart.
 */
function topOf(lines: readonly Line[], percent: boolean): { max?: number } {
  const values = (of: readonly Line[]): number[] => of.flatMap((l) => l.points.map(([, y]) => y));
  const clear = Math.max(...values(lines.filter((l) => l.faint !== true)));
  if (percent) return clear > 0.95 ? { max: 1 } : {};
  const noisy = values(lines.filter((l) => l.faint === true)).sort((a, b) => a - b);
  const most = noisy.at(-1);
  if (most === undefined) return {};
  const usual = noisy[Math.floor(0.97 * (noisy.length - 1))]!;
  const top = Math.max(clear, usual) * 1.05;
  if (most <= 1.2 * top) return {};
  const unit = 10 ** Math.floor(Math.log10(top)) / 5;
  return { max: Number((Math.ceil(top / unit) * unit).toPrecision(6)) };
}

function seriesOf({ points, colour, marks, dashed, faint }: Line): LineSeriesOption {
  return {
    type: 'line',
    silent: true,
    data: points.map(([x, y]) => [x, y]),
    symbol: marks === true ? 'circle' : 'none',
    symbolSize: points.length > 30 ? 3 : 6,
    lineStyle: {
      color: colour,
      width: faint === true ? 1 : 2,
      opacity: faint === true ? 0.4 : 1,
      type: dashed === true ? [6, 4] : 'solid',
    },
    itemStyle: { color: colour },
  };
}

/** Without hover styles, with names that are unique in the page and the same each time. */
export function cleaned(svg: string, id: string, label: string): string {
  return svg
    .replaceAll(/<style\s*>.*?<\/style>/gs, '')
    .replaceAll(/ (class|pointer-events|ecmeta_\w+|xmlns(:\w+)?|version|baseProfile)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, `${id}-`)
    .replaceAll('font-family:sans-serif', 'font-family:inherit')
    .replace(
      /^<svg width="\d+" height="\d+"/,
      `<svg class="chart" role="img" aria-label="${escapeHtml(label)}"`,
    );
}
