import { auc, averagePrecisionScore, calibrationCurve } from '../../metrics/index.js';
import { precisionRecallCurve, rocCurve } from '../../metrics/index.js';
import { percent } from '../format.js';
import type { Run } from '../run-folder/run-folder.js';
import type { TestPredictions } from '../run-folder/test-predictions.js';
import type { Line } from './charts.js';
import { COLOURS, figureOf, type Named } from './curves.js';
import { escapeHtml, say, section } from './html.js';

/** Classes with a curve of their own: more would not be told apart. */
const MOST_CLASSES = 10;
const BINS = 10;
/** Points of a curve that the eye can tell apart. */
const POINTS = 150;

/** How far the probabilities can be trusted, and what each threshold would find. */
export function probabilities(run: Run, id: string): string {
  if (run.predictions === undefined) return '';
  const { classes } = run.start.data;
  const curves = thresholds(run.predictions, classes, id);
  const body = calibration(run.predictions, `${id}-calibration`) + curves;
  return section(
    'probabilities',
    `<div class="charts">${body}</div>\n<p class="soft">${say('probabilitiesNote')}</p>`,
  );
}

/** What the answers' probabilities promise, against how many are right. */
function calibration({ labels, predicted, confidence }: TestPredictions, id: string): string {
  const hits = Array.from(labels, (label, i) => (label === predicted[i] ? 1 : 0));
  const { probTrue, probPred, counts } = calibrationCurve(hits, Float64Array.from(confidence), {
    nBins: BINS,
  });
  // The mean distance of bins, each by its samples: the expected calibration error.
  const error =
    counts.reduce((sum, n, bin) => sum + n * Math.abs(probTrue[bin]! - probPred[bin]!), 0) /
    hits.length;
  const lines: Named[] = [
    { ...DIAGONAL, name: say('wellCalibrated') },
    {
      name: say('answersBins', percent(error)),
      colour: COLOURS[0]!,
      marks: true,
      points: probPred.map((x, bin) => [x, probTrue[bin]!]),
    },
  ];
  return figureOf('calibration', id, SHARES, lines);
}

/** ROC and precision-recall curves, of the second class of two, or of each against the others. */
function thresholds(p: TestPredictions, classes: readonly string[], id: string): string {
  const all = p.probabilities;
  if (all === undefined || classes.length > MOST_CLASSES) return '';
  const roc: Named[] = [{ ...DIAGONAL, name: say('chance') }];
  const precision: Named[] = [];
  for (let c = classes.length === 2 ? 1 : 0; c < classes.length; c++) {
    const own = Array.from(p.labels, (label) => (label === c ? 1 : 0));
    // A curve needs samples of the class, and others.
    if (!own.includes(1) || !own.includes(0)) continue;
    const scores = Float64Array.from(own, (_, i) => all[i * classes.length + c]!);
    const style = { colour: COLOURS[c % COLOURS.length]!, dashed: c >= COLOURS.length };
    const named = (share: number): string => `${escapeHtml(classes[c]!)} ${share.toFixed(3)}`;
    const { fpr, tpr } = rocCurve(own, scores);
    roc.push({ ...style, name: named(auc(fpr, tpr)), points: thinned(fpr, tpr) });
    const curve = precisionRecallCurve(own, scores);
    precision.push({
      ...style,
      name: named(averagePrecisionScore(own, scores)),
      points: thinned(curve.recall, curve.precision),
    });
  }
  return (
    figureOf('roc', `${id}-roc`, SHARES, roc) +
    figureOf('precisionRecall', `${id}-precision-recall`, SHARES, precision)
  );
}

const SHARES = { right: 1, percent: true, percentX: true } as const;

const DIAGONAL: Line = {
  colour: '#98a2b3',
  dashed: true,
  points: [
    [0, 0],
    [1, 1],
  ],
};

/** Some of the points, the first and last among them. */
function thinned(x: ArrayLike<number>, y: ArrayLike<number>): [number, number][] {
  const step = Math.max(1, (x.length - 1) / POINTS);
  const chosen = new Set<number>();
  for (let i = 0; i < x.length - 1; i += step) chosen.add(Math.floor(i));
  chosen.add(x.length - 1);
  return [...chosen].map((i) => [x[i]!, y[i]!]);
}
