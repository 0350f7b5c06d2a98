/** Colours of classes in masks: of Okabe and Ito, which people of any colour vision tell apart. */
const COLOURS = [
  [0, 0, 0],
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;

/** The colour of a class; of many, some have the same. */
export function colourOf(label: number): readonly [red: number, green: number, blue: number] {
  return COLOURS[label % COLOURS.length]!;
}

/** A mask [H, W] as an image, u8 [3, H, W]. */
export function maskImage(labels: ArrayLike<number>): Uint8Array {
  const pixels = labels.length;
  const image = new Uint8Array(3 * pixels);
  for (let at = 0; at < pixels; at++) {
    const colour = colourOf(labels[at]!);
    for (let c = 0; c < 3; c++) image[c * pixels + at] = colour[c]!;
  }
  return image;
}
