import { confusionMatrix, precisionRecallFscoreSupport } from '../../metrics/index.js';
import { count, percent } from '../format.js';
import type { Run } from '../run-folder/run-folder.js';
import type { TestPredictions } from '../run-folder/test-predictions.js';
import { escapeHtml, say, section, tableOf } from './html.js';
import { pngUri } from './png.js';
import { testPictureSection } from './test-pictures.js';

/** What the model makes of the test part: confusion matrix, figures per class, some images. */
export function answers(run: Run): string {
  if (run.start.data.target !== undefined && run.test !== undefined) return '';
  if (run.pictures !== undefined) {
    return testPictureSection(run.pictures, run.start.data.classes);
  }
  if (run.predictions === undefined) {
    const key = run.test === undefined ? 'unfinished' : 'noPredictions';
    return section('confusion', `<p class="note">${say(key)}</p>`);
  }
  const { classes } = run.start.data;
  const { labels, predicted } = run.predictions;
  const counts = confusionMatrix(labels, predicted, { classes: classes.length });
  return [
    section(
      'confusion',
      `<p class="soft">${say('confusionNote', count(labels.length))}</p>\n${matrix(counts, classes)}`,
    ),
    section('perClass', perClass(labels, predicted, classes)),
    ...(run.predictions.imageIndex.length === 0
      ? []
      : [section('predictions', pictures(run.predictions, classes))]),
  ].join('\n');
}

function matrix(counts: readonly (readonly number[])[], classes: readonly string[]): string {
  const long = classes.some((name) => name.length > 3);
  const head = classes.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const rows = counts.map((row, label) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, given) => {
      const share = total === 0 ? 0 : n / total;
      return `<td style="${shade(share, label === given)}">${n === 0 ? '' : count(n)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classes[label]!)}</th>${cells.join('')}</tr>`;
  });
  return (
    `<div class="wide"><table class="matrix${long ? ' long' : ''}"><thead><tr>` +
    `<th>${say('trueClass')}</th>${head}</tr></thead>\n<tbody>${rows.join('\n')}</tbody></table></div>`
  );
}

/** Blue for what is right, orange for what is not; mistakes are rare and shown larger than they are. */
function shade(share: number, isRight: boolean): string {
  const [r, g, b] = isRight ? [0, 114, 178] : [213, 94, 0];
  const weight = share === 0 ? 0 : isRight ? 0.15 + 0.75 * share : Math.min(0.9, 0.1 + 2 * share);
  const mix = (c: number): number => Math.round(255 - weight * (255 - c));
  const rest = share === 0 ? '#f2f4f7' : `rgb(${mix(r!)},${mix(g!)},${mix(b!)})`;
  return `background:${rest}${weight > 0.6 ? ';color:#fff' : ''}`;
}

function perClass(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: readonly string[],
): string {
  const { precision, recall, fscore, support } = precisionRecallFscoreSupport(labels, predicted, {
    classes: classes.length,
    zeroDivision: NaN,
  });
  const share = (value: number): string => (Number.isNaN(value) ? '–' : percent(value));
  const rows = classes.map((name, c) => [
    escapeHtml(name),
    count(support[c]!),
    ...[precision, recall, fscore].map((all) => share(all[c]!)),
  ]);
  const mean = (all: readonly number[]): number => {
    const known = all.filter((v) => !Number.isNaN(v));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const means = [precision, recall, fscore].map((all) => share(mean(all)));
  rows.push([say('mean'), count(labels.length), ...means]);
  const head = [say('className'), say('samples'), say('precision'), say('recall'), say('f1')];
  return tableOf('plain', head, rows);
}

function pictures(p: TestPredictions, classes: readonly string[]): string {
  const { labels, predicted, imageIndex } = p;
  const total = labels.length;
  let wrong = 0;
  for (let i = 0; i < total; i++) if (labels[i] !== predicted[i]) wrong++;
  const shown = Array.from(imageIndex, (sample, at) => ({ sample, at }));
  const group = (isRight: boolean): string => {
    const of = shown.filter(({ sample: i }) => (labels[i] === predicted[i]) === isRight);
    const figures = of.map(({ sample, at }) => picture(p, sample, at, classes)).join('\n');
    return figures === '' ? `<p>${say('none')}</p>` : `<div class="images">\n${figures}\n</div>`;
  };
  return (
    `<p class="soft">${say('predictionsNote')}</p>\n` +
    `<h4>${say('wrong', count(wrong), count(total))}</h4>\n${group(false)}\n` +
    `<h4>${say('right', count(total - wrong), count(total))}</h4>\n${group(true)}`
  );
}

function picture(
  p: TestPredictions,
  sample: number,
  at: number,
  classes: readonly string[],
): string {
  const { shape, values } = p.images;
  const size = values.length / shape[0]!;
  const image = values.subarray(at * size, (at + 1) * size);
  const uri = pngUri({ dtype: 'u8', shape: shape.slice(1), values: image });
  const [label, given] = [classes[p.labels[sample]!]!, classes[p.predicted[sample]!]!];
  const isRight = p.labels[sample] === p.predicted[sample];
  const answer = `<span class="${isRight ? 'yes' : 'no'}">${say('seenAs', given)}</span>`;
  return (
    `<figure><img src="${uri}" alt="${escapeHtml(`#${sample}: ${label}`)}">` +
    `<figcaption>${say('isClass', label)}<br>${answer} ${percent(p.confidence[sample]!)}` +
    '</figcaption></figure>'
  );
}
