import type { Run } from '../run-folder/run-folder.js';
import { lineChart, type ChartOptions, type Line } from './charts.js';
import { escapeHtml, say, section } from './html.js';
import type { TextKey } from './texts.js';

/** Distinct for every kind of sight (Okabe and Ito). */
export const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
];

/** A line with its name as HTML. */
export interface Named extends Line {
  readonly name: string;
}

type Figure = 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';

/** Loss and accuracy of a run. */
export function curves(run: Run, id: string): string {
  if (run.epochs.length === 0) return section('curves', `<p class="note">${say('noCurves')}</p>`);
  const [training, validation] = [COLOURS[0]!, COLOURS[1]!];
  const perEpoch = run.epochs[0]!.step / run.epochs[0]!.epoch;
  const steps: Named = {
    name: say('steps'),
    colour: training,
    faint: true,
    points: run.steps.map(({ step, loss }) => [step / perEpoch, loss]),
  };
  const pair = (own: Figure, other: Figure): Named[] => [
    { name: say('training'), colour: training, marks: true, points: pointsOf(run, own) },
    {
      name: say('validation'),
      colour: validation,
      marks: true,
      dashed: true,
      points: pointsOf(run, other),
    },
  ];
  const { epoch } = run.epochs.at(-1)!;
  const body =
    chart('loss', `${id}-loss`, epoch, [steps, ...pair('loss', 'valLoss')]) +
    chart('accuracy', `${id}-accuracy`, epoch, pair('accuracy', 'valAccuracy'));
  return section(
    'curves',
    `<div class="charts">${body}</div>\n<p class="soft">${say('curvesNote')}</p>`,
  );
}

/** The validation curves of several runs, one line each. */
export function commonCurves(runs: readonly Run[], names: readonly string[]): string {
  const lines = (figure: Figure): Named[] =>
    runs.map((run, i) => ({
      name: escapeHtml(names[i]!),
      colour: COLOURS[i % COLOURS.length]!,
      marks: true,
      dashed: i % 2 === 1,
      points: pointsOf(run, figure),
    }));
  const epochs = Math.max(1, ...runs.map((run) => run.epochs.at(-1)?.epoch ?? 1));
  return (
    '<div class="charts">' +
    chart('validationLoss', 'all-loss', epochs, lines('valLoss')) +
    chart('validationAccuracy', 'all-accuracy', epochs, lines('valAccuracy')) +
    '</div>'
  );
}

function pointsOf({ epochs }: Run, figure: Figure): [number, number][] {
  return epochs.flatMap((line) => {
    const value = line[figure];
    return value === undefined || value === null ? [] : [[line.epoch, value] as [number, number]];
  });
}

function chart(key: TextKey, id: string, epochs: number, all: readonly Named[]): string {
  const percent = key === 'accuracy' || key === 'validationAccuracy';
  return figureOf(key, id, { right: epochs, percent }, all);
}

/** A chart with its title and the names of its lines; nothing where there is nothing to draw. */
export function figureOf(
  key: TextKey,
  id: string,
  axes: Pick<ChartOptions, 'right' | 'percent' | 'percentX'>,
  all: readonly Named[],
): string {
  const lines = all.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return '';
  const svg = lineChart({ id, label: key, lines, ...axes });
  const legend = lines.map(({ name, colour, dashed, faint }) => {
    const kind = dashed === true ? 'dashed' : faint === true ? 'faint' : 'solid';
    return `<span><i class="${kind}" style="border-color:${colour}"></i>${name}</span>`;
  });
  return (
    `<figure><figcaption><strong>${say(key)}</strong>` +
    `<div class="legend">${legend.join('')}</div></figcaption>\n${svg}</figure>\n`
  );
}
