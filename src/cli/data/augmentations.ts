/** `--augment`: what is done at random to each image before it is trained on. */
import { Option } from 'commander';
import {
  ColorJitter,
  Compose,
  nearestName,
  Normalize,
  RandomAffine,
  RandomCrop,
  RandomErasing,
  RandomHorizontalFlip,
  RandomRotation,
  type ImageTransform,
  type Normalization,
} from '../../data/index.js';
import { integer } from '../parse-values.js';
import { UsageError } from '../usage-error.js';

/** Values of the flags for random changes of images. */
export interface AugmentationFlags {
  /** Such as `flip` or `crop=4`. */
  readonly augment?: readonly string[];
  /** Threads that change images ahead of the step. */
  readonly workers?: number;
}

type Size = readonly [height: number, width: number];

interface Kind {
  /** What the amount is, and its default. */
  readonly amount: string;
  readonly most: number;
  readonly make: (amount: number | undefined, size: Size) => ImageTransform;
}

/** Each in the order in which they are done; `erase` comes behind the normalisation. */
const KINDS: Readonly<Record<string, Kind>> = {
  flip: {
    amount: 'probability, 0.5',
    most: 1,
    make: (p = 0.5) => new RandomHorizontalFlip({ p }),
  },
  crop: {
    amount: 'pixels of padding, an eighth of the height',
    most: Infinity,
    make: (padding, size) => {
      const pixels = padding ?? Math.ceil(size[0] / 8);
      return new RandomCrop(size, { padding: Math.round(pixels) });
    },
  },
  rotate: {
    amount: 'degrees, 10',
    most: 180,
    make: (degrees = 10) => new RandomRotation(degrees, { interpolation: 'bilinear' }),
  },
  affine: {
    amount: 'share to move and to scale by, 0.1; turned by 10 degrees',
    most: 0.9,
    make: (share = 0.1) => {
      const scale = [1 - share, 1 + share] as const;
      const options = { translate: [share, share], scale, interpolation: 'bilinear' } as const;
      return new RandomAffine(10, options);
    },
  },
  jitter: {
    amount: 'share of brightness, contrast and saturation, 0.2',
    most: 1,
    make: (share = 0.2) =>
      new ColorJitter({ brightness: share, contrast: share, saturation: share }),
  },
  erase: { amount: 'probability, 0.5', most: 1, make: (p = 0.5) => new RandomErasing({ p }) },
};

const NAMES = Object.keys(KINDS);

export function augmentationOptions(): Option[] {
  const kinds = Object.entries(KINDS).map(([name, { amount }]) => `${name} (${amount})`);
  return [
    new Option(
      '--augment <kinds>',
      'what is done at random to each image in training, such as flip,crop=4: ' + kinds.join('; '),
    ).argParser(augmentations('--augment')),
    new Option(
      '--workers <n>',
      'threads that do so ahead of the step; 0 for none (default: 1 with --augment)',
    ).argParser(integer('--workers', 0)),
  ];
}

/** What a run has to know to be repeated: threads change nothing. Nothing for what is not given. */
export function augmentationSettings({ augment }: AugmentationFlags): { augment?: string } {
  return augment === undefined ? {} : { augment: augment.join(',') };
}

/** Names with amounts, separated by commas. */
function augmentations(flag: string): (text: string) => readonly string[] {
  return (text) => {
    const list = text.split(',');
    const seen = list.map((each) => parsed(flag, each).name);
    const twice = seen.find((name, i) => seen.indexOf(name) < i);
    if (twice === undefined) return list;
    throw new UsageError(`${flag} has '${twice}' twice; give each kind once.`);
  };
}

/** A name with an amount, such as crop=4. */
function parsed(flag: string, text: string): { name: string; amount: number | undefined } {
  const [name = '', value] = text.split('=', 2);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    const near = nearestName(name, NAMES);
    throw new UsageError(
      `${flag} has no '${name}'; ` +
        (near === undefined ? '' : `did you mean '${near}'? `) +
        `Known: ${NAMES.join(', ')}.`,
    );
  }
  if (value === undefined) return { name, amount: undefined };
  const amount = value.trim() === '' ? NaN : Number(value);
  const { most } = kind;
  if (amount > 0 && amount <= most && amount < Infinity) return { name, amount };
  const bound = most === Infinity ? '' : ` and at most ${most}`;
  throw new UsageError(
    `${flag}: ${name} is '${value}'; give a number above 0${bound}: ${kind.amount} by default.`,
  );
}

/**
 * What the flags do to images [C, H, W] of bytes, which are normalised as well.
 *
 * @throws UsageError where samples are no images.
 */
export function augmentationFor(
  augment: readonly string[],
  shape: readonly number[],
  normalization: Normalization,
): ImageTransform {
  const [, height, width] = shape;
  const size: Size = [height!, width!];
  const given = new Map(augment.map((text) => [parsed('--augment', text).name, text]));
  const makeOf = (name: string): ImageTransform[] => {
    const text = given.get(name);
    return text === undefined ? [] : [KINDS[name]!.make(parsed('--augment', text).amount, size)];
  };
  const before = NAMES.filter((name) => name !== 'erase').flatMap(makeOf);
  return new Compose([...before, new Normalize(normalization), ...makeOf('erase')]);
}
