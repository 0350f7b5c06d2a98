import { ScatterChart, type ScatterSeriesOption } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { cleaned } from './charts.js';

echarts.use([ScatterChart, GridComponent, SVGRenderer]);

/** A kind of points. */
export interface Points {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly colour: string;
  readonly symbol: 'circle' | 'triangle' | 'rect' | 'diamond';
  /** Drawn as an outline in front of the others. */
  readonly outline?: boolean;
}

/** In units that the page scales. */
const SIZE = { width: 640, height: 480 };
const RULE = '#e4e7ec';

/**
 * Points of a plane whose axes have no meaning, as inline SVG without words.
 *
 * @param id Unique in the document, without spaces.
 * @param label For those who cannot see it.
 */
export function scatterChart(id: string, label: string, kinds: readonly Points[]): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    const axis = {
      type: 'value',
      scale: true,
      boundaryGap: ['3%', '3%'],
      axisLabel: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLine: { show: true, onZero: false, lineStyle: { color: RULE } },
    } as const;
    chart.setOption({
      animation: false,
      grid: { left: 4, right: 4, top: 4, bottom: 4 },
      xAxis: axis,
      yAxis: axis,
      series: kinds.map(({ points, colour, symbol, outline }): ScatterSeriesOption => ({
        type: 'scatter',
        silent: true,
        data: points.map(([x, y]) => [x, y]),
        symbol,
        symbolSize: outline === true ? 13 : 8,
        itemStyle:
          outline === true
            ? { color: 'transparent', borderColor: colour, borderWidth: 1.5 }
            : { color: colour, opacity: 0.8 },
      })),
    });
    return cleaned(chart.renderToSVGString(), id, label);
  } finally {
    chart.dispose();
  }
}
