/**
 * `heat` runs from dark to bright, for numbers from 0; `diverging` from blue by white to orange, for
 * numbers on both sides of 0; `grey` from black to white.
 */
export type ColorMap = 'heat' | 'diverging' | 'grey';

/** Colours of a map. */
const STEPS = 256;

/**
 * The colours of a map from its lowest to its highest number: 256 times red, green, blue as bytes.
 *
 * They are made in OKLab (Ottosson, 2020, https://bottosson.github.io/posts/oklab), in which equal distances
 * look equal. In `heat` the lightness grows evenly, in `diverging` it falls evenly from the middle to both
 * ends: so no band stands out that the numbers do not have, and a copy without colours is still in
 * order. `grey` has the bytes 0 … 255, so that images look as they are.
 */
export function colorTable(map: ColorMap): Uint8Array {
  const table = tables.get(map);
  if (table !== undefined) return table;
  const made = new Uint8Array(3 * STEPS);
  for (let i = 0; i < STEPS; i++) made.set(COLOURS[map](i / (STEPS - 1)), 3 * i);
  tables.set(map, made);
  return made;
}

/** Filled at first use. */
const tables = new Map<ColorMap, Uint8Array>();

const COLOURS: Readonly<Record<ColorMap, (t: number) => readonly [number, number, number]>> = {
  grey: (t) => [255 * t, 255 * t, 255 * t],
  // Violet, red, orange, yellow.
  heat: (t) =>
    fromOklch(0.15 + 0.8 * t, 0.19 * Math.sin(Math.PI * (0.12 + 0.76 * t)), 290 + 170 * t),
  diverging: (t) => {
    const far = Math.abs(2 * t - 1);
    return fromOklch(0.97 - 0.45 * far, 0.16 * far, t < 0.5 ? 255 : 45);
  },
};

/**
 * The colour of a lightness, chroma and hue as bytes. Where the screen has none so colourful, the chroma is
 * less, never the lightness another.
 */
function fromOklch(lightness: number, chroma: number, degrees: number): [number, number, number] {
  const hue = (degrees * Math.PI) / 180;
  const at = (c: number): [number, number, number] =>
    linearRgb(lightness, c * Math.cos(hue), c * Math.sin(hue));
  let [low, high] = [0, chroma];
  const fits = (rgb: readonly number[]): boolean => rgb.every((v) => v >= -1e-6 && v <= 1 + 1e-6);
  if (!fits(at(high))) {
    for (let step = 0; step < 24; step++) {
      const middle = (low + high) / 2;
      if (fits(at(middle))) low = middle;
      else high = middle;
    }
    high = low;
  }
  const [red, green, blue] = at(high);
  return [toByte(red), toByte(green), toByte(blue)];
}

/** OKLab to linear sRGB. */
function linearRgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** Linear to the curve of sRGB, IEC 61966-2-1. */
function toByte(linear: number): number {
  const v = Math.min(1, Math.max(0, linear));
  const curved = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
  return Math.round(255 * curved);
}
