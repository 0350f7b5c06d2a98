/** The loss by epoch, drawn by ECharts. */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Texts } from './texts.js';

use([LineChart, GridComponent, LegendComponent, SVGRenderer]);

export class LossChart {
  private readonly chart: ECharts;
  private readonly points: { epoch: number; loss: number; unseen: number }[] = [];

  constructor(
    element: HTMLElement,
    private texts: Texts,
  ) {
    this.chart = init(element, undefined, { renderer: 'svg' });
    new ResizeObserver(() => this.chart.resize()).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.draw();
  }

  add(loss: number, unseen: number): void {
    this.points.push({ epoch: this.points.length + 1, loss, unseen });
    this.draw();
  }

  /** In another language. */
  say(texts: Texts): void {
    this.texts = texts;
    this.draw();
  }

  private draw(): void {
    const { texts, points } = this;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const axis = {
      axisLabel: { color: color('soft') },
      axisLine: { lineStyle: { color: color('line') } },
      splitLine: { lineStyle: { color: color('line') } },
      nameTextStyle: { color: color('soft') },
    };
    const line = (name: string, of: (p: (typeof points)[number]) => number, dash: string) => ({
      type: 'line' as const,
      name,
      data: points.map((p) => [p.epoch, of(p)]),
      showSymbol: points.length < 2,
      lineStyle: { type: dash as 'solid' | 'dashed', width: 2 },
    });
    this.chart.setOption({
      animation: false,
      color: [color('accent'), color('soft')],
      grid: { left: 40, right: 12, top: 30, bottom: 34 },
      legend: { top: 0, textStyle: { color: color('ink') } },
      xAxis: {
        ...axis,
        type: 'value',
        name: texts.epoch,
        nameLocation: 'middle',
        nameGap: 22,
        minInterval: 1,
        min: 1,
        max: Math.max(10, points.length),
      },
      yAxis: { ...axis, type: 'value', min: 0 },
      series: [
        line(texts.lossOfTraining, (p) => p.loss, 'solid'),
        line(texts.lossOfTest, (p) => p.unseen, 'dashed'),
      ],
    });
  }
}
