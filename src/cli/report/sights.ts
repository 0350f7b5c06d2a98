import type { NamedArray } from '../../io/index.js';
import { overlay, tile } from '../../seeing/index.js';
import { fromData, type Tensor } from '../../tensor/index.js';
import type { Run } from '../run-folder/run-folder.js';
import type { TestPredictions } from '../run-folder/test-predictions.js';
import type { TestCams, TestEmbedding } from '../run-folder/test-sights.js';
import { COLOURS } from './curves.js';
import { escapeHtml, say, section } from './html.js';
import { pngUri } from './png.js';
import { scatterChart, type Points } from './scatter.js';

/** About how many pixels the longer side of an image has under its heat map. */
const SIDE = 112;
const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond'] as const;
const DARK = '#101828';

/** What an image network sees: filters, feature maps, Grad-CAM, and the map of embeddings. */
export function sights(run: Run, id: string): string {
  const { sights: seen, predictions } = run;
  if (seen === undefined || predictions === undefined) return '';
  const { classes } = run.start.data;
  return [
    seen.filters === undefined
      ? ''
      : section(
          'filters',
          `${note('filtersNote')}\n${picture(tileOf(seen.filters, 6), 'filters')}`,
        ),
    seen.maps.size === 0 ? '' : section('featureMaps', maps(seen.maps)),
    seen.cams === undefined ? '' : section('gradCam', cams(seen.cams, predictions, classes)),
    seen.embedding === undefined
      ? ''
      : section('embedding', embedding(seen.embedding, predictions, classes, `${id}-embedding`)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const note = (key: 'filtersNote' | 'featureMapsNote' | 'gradCamNote' | 'embeddingNote'): string =>
  `<p class="soft">${say(key)}</p>`;

function tensorOf({ values, shape }: NamedArray): Tensor {
  return fromData(Float32Array.from(values), shape);
}

function tileOf(array: NamedArray, scale: number): NamedArray {
  return tile(tensorOf(array), { columns: 16, scale });
}

function picture(image: NamedArray, name: string): string {
  const [, height, width] = image.shape;
  return (
    `<img class="tiles" src="${pngUri(image)}" width="${width}" height="${height}" ` +
    `alt="${escapeHtml(name)}">`
  );
}

function maps(all: ReadonlyMap<string, NamedArray>): string {
  const figures = [...all].map(([name, { values, shape }]) => {
    const [, channels, height, width] = shape as [number, number, number, number];
    const scale = Math.max(1, Math.round(56 / Math.max(height, width)));
    const tiles = tileOf({ dtype: 'f32', values, shape: [channels, 1, height, width] }, scale);
    return (
      `<figure><figcaption>${escapeHtml(name)} ${height}×${width}</figcaption>\n` +
      `${picture(tiles, name)}</figure>`
    );
  });
  return `${note('featureMapsNote')}\n${figures.join('\n')}`;
}

function cams(
  { images, index, given, right }: TestCams,
  { labels, predicted }: TestPredictions,
  classes: readonly string[],
): string {
  const row = (array: NamedArray, k: number): NamedArray => {
    const [count, ...shape] = array.shape as [number, ...number[]];
    const size = array.values.length / count;
    return { ...array, shape, values: array.values.subarray(k * size, (k + 1) * size) };
  };
  const drawn = (heat: NamedArray, k: number, name: string): string => {
    const image = row(images, k);
    const scale = Math.max(1, Math.round(SIDE / Math.max(image.shape[1]!, image.shape[2]!)));
    const uri = pngUri(overlay(image, tensorOf(row(heat, k)), { scale }));
    return `<img src="${uri}" alt="${escapeHtml(name)}">`;
  };
  const figures = Array.from(index, (sample, k) => {
    const [label, seen] = [labels[sample]!, predicted[sample]!];
    const [own, other] = [classes[label]!, classes[seen]!];
    const isRight = label === seen;
    const caption =
      `<figcaption>${say('isClass', own)}<br><span class="${isRight ? 'yes' : 'no'}">` +
      `${say('seenAs', other)}</span></figcaption>`;
    const pictures = isRight
      ? drawn(given, k, other)
      : `<span class="pair">${drawn(given, k, other)}${drawn(right, k, own)}</span>`;
    return `<figure>${pictures}${caption}</figure>`;
  });
  return `${note('gradCamNote')}\n<div class="images">\n${figures.join('\n')}\n</div>`;
}

function embedding(
  { points, index }: TestEmbedding,
  { labels, predicted }: TestPredictions,
  classes: readonly string[],
  id: string,
): string {
  const place = (k: number): [number, number] => [points.values[2 * k]!, points.values[2 * k + 1]!];
  const all = Array.from(index, (_, k) => k);
  const styleOf = (c: number): Pick<Points, 'colour' | 'symbol'> => ({
    colour: COLOURS[c % COLOURS.length]!,
    symbol: SYMBOLS[Math.floor(c / COLOURS.length) % SYMBOLS.length]!,
  });
  const kinds: Points[] = classes.map((_, c) => ({
    ...styleOf(c),
    points: all.filter((k) => labels[index[k]!] === c).map(place),
  }));
  const wrong = all.filter((k) => labels[index[k]!] !== predicted[index[k]!]);
  kinds.push({ colour: DARK, symbol: 'circle', outline: true, points: wrong.map(place) });
  const legend = classes.map((name, c) => {
    const { colour, symbol } = styleOf(c);
    return `<span><b style="color:${colour}">${GLYPHS[symbol]}</b> ${escapeHtml(name)}</span>`;
  });
  legend.push(`<span><b style="color:${DARK}">○</b> ${say('mistake')}</span>`);
  return (
    `${note('embeddingNote')}\n<figure><figcaption><div class="legend">${legend.join('')}</div>` +
    `</figcaption>\n${scatterChart(id, 'embedding', kinds)}</figure>`
  );
}

const GLYPHS = { circle: '●', triangle: '▲', rect: '■', diamond: '◆' } as const;
