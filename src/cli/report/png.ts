import { encodePng, type NamedArray } from '../../io/index.js';

/** The image, u8 [C, H, W] with C = 1 or 3, as an address that holds it whole. */
export function pngUri(image: NamedArray): string {
  return `data:image/png;base64,${Buffer.from(encodePng(image)).toString('base64')}`;
}
