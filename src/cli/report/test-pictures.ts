import { sizeOf } from '../../engine/core/shape.js';
import type { NamedArray } from '../../io/index.js';
import { colourOf } from '../class-colours.js';
import type { TestPictures } from '../run-folder/test-pictures.js';
import { escapeHtml, say, section, tableOf } from './html.js';
import { pngUri } from './png.js';

/** Images, what they should become, and what the model makes of them. */
export function testPictureSection(pictures: TestPictures, classes: readonly string[]): string {
  const { images, wanted, given, iou } = pictures;
  const columns = [
    [say('image'), images],
    ...(wanted === undefined ? [] : [[say('wanted'), wanted] as const]),
    [say('given'), given],
  ] as const;
  const rows = Array.from({ length: images.shape[0]! }, (_, i) =>
    columns.map(([, array]) => `<img src="${pngUri(pictureAt(array, i))}" alt="#${i}">`),
  );
  const head = columns.map(([title]) => title);
  const table = `<div class="images pictures">${tableOf('plain', head, rows)}</div>`;
  const shares = iou === undefined ? '' : `${iouTable(iou, classes)}\n`;
  return section('pictures', `<p class="soft">${say('picturesNote')}</p>\n${shares}${table}`);
}

function iouTable(iou: ArrayLike<number>, classes: readonly string[]): string {
  const rows = classes.map((name, c) => [
    `<span style="color:rgb(${colourOf(c).join(',')})">■</span> ${escapeHtml(name)}`,
    iou[c]!.toFixed(4),
  ]);
  return tableOf('plain', [say('className'), 'IoU'], rows);
}

/** Image i of [K, C, H, W]. */
function pictureAt({ shape, values }: NamedArray, i: number): NamedArray {
  const own = shape.slice(1);
  const size = sizeOf(own);
  return { dtype: 'u8', shape: own, values: values.subarray(i * size, (i + 1) * size) };
}
