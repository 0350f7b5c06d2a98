import { ArgumentError } from '../../engine/core/errors.js';
import type { Task } from './family.js';

/** Channels, height and width of a task's samples; an ArgumentError where they are no images. */
export function imageInput(
  family: string,
  { inputShape }: Task,
): [c: number, h: number, w: number] {
  const [c, h, w] = inputShape;
  if (inputShape.length === 3 && c && h && w) return [c, h, w];
  throw new ArgumentError(
    `${family}: samples have shape [${inputShape.join(', ')}], and it takes images [C, H, W] that are ` +
      'not empty; use another family, such as mlp.',
  );
}
