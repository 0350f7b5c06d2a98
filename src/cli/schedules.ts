import {
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  ExponentialLR,
  ExponentialWarmupLR,
  LinearLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
  type LRScheduler,
  type ScheduledOptimizer,
} from '../optim/index.js';
import { scheduled, type Callback } from '../train/index.js';
import { flagOf } from './run-folder/command-line.js';
import { UsageError } from './usage-error.js';

/** Values of the flags of schedules; what is not given is undefined. */
export interface ScheduleFlags {
  /** The factor of `exponential`, `step`, `multi-step` and `plateau`. */
  readonly lrDecay?: number | undefined;
  /** The least rate of `cosine`, `cosine-restarts` and `plateau`. */
  readonly lrMin?: number | undefined;
  /** Epochs from one change of `step`, or one restart of `cosine-restarts`, to the next. */
  readonly period?: number | undefined;
  /** By what each period of `cosine-restarts` is longer than the one before. */
  readonly periodFactor?: number | undefined;
  /** Epochs at which `multi-step` changes. */
  readonly milestones?: readonly number[] | undefined;
  /** The exponent of `polynomial`. */
  readonly power?: number | undefined;
  /** Epochs without improvement that `plateau` allows. */
  readonly patience?: number | undefined;
}

/** What determines the learning rates besides the first of them. */
export interface ScheduleSettings extends ScheduleFlags {
  /** One of `SCHEDULES`. */
  readonly schedule: string;
  /** Epochs of warm-up, which may be less than one; 0 for none. */
  readonly warmup: number;
  readonly warmupCurve: string;
}

/** How long a run is. */
export interface RunLength {
  readonly epochs: number;
  /** Per epoch. */
  readonly steps: number;
}

/** Where warm-up starts, as a share of the rate. */
const WARMUP_START = 0.01;

/** The curves of a warm-up. */
export const WARMUP_CURVES: Readonly<
  Record<string, (optimizer: ScheduledOptimizer, totalIters: number) => LRScheduler>
> = {
  linear: (optimizer, totalIters) =>
    new LinearLR(optimizer, { startFactor: WARMUP_START, totalIters }),
  exponential: (optimizer, totalIters) =>
    new ExponentialWarmupLR(optimizer, { startFactor: WARMUP_START, totalIters }),
};

type Defaults = (
  run: Pick<RunLength, 'epochs'>,
  recipe: { readonly lrDecay: number },
) => ScheduleFlags;

interface NamedSchedule {
  readonly summary: string;
  /** The flags that it takes, with their defaults; undefined for one that has to be given. */
  readonly defaults: Defaults;
}

/** One that goes on from epoch to epoch. */
interface EpochSchedule extends NamedSchedule {
  readonly perEpoch: (
    optimizer: ScheduledOptimizer,
    flags: Required<ScheduleFlags>,
  ) => LRScheduler | ReduceLROnPlateau | undefined;
}

/** One that goes on from step to step, over `total` steps. */
interface StepSchedule extends NamedSchedule {
  readonly perStep: (
    optimizer: ScheduledOptimizer,
    flags: Required<ScheduleFlags>,
    total: number,
    steps: number,
  ) => LRScheduler;
}

const third: Defaults = ({ epochs }) => ({ period: Math.max(1, Math.round(epochs / 3)) });

/** The schedules by name. */
export const SCHEDULES: Readonly<Record<string, EpochSchedule | StepSchedule>> = {
  exponential: {
    summary: 'times --lr-decay every epoch',
    defaults: (_, { lrDecay }) => ({ lrDecay }),
    perEpoch: (optimizer, { lrDecay }) => new ExponentialLR(optimizer, { gamma: lrDecay! }),
  },
  constant: { summary: 'the same all the time', defaults: () => ({}), perEpoch: () => undefined },
  step: {
    summary: 'times --lr-decay every --period epochs',
    defaults: (run, recipe) => ({ lrDecay: 0.1, ...third(run, recipe) }),
    perEpoch: (optimizer, { lrDecay, period }) =>
      new StepLR(optimizer, { stepSize: period!, gamma: lrDecay! }),
  },
  'multi-step': {
    summary: 'times --lr-decay at the --milestones',
    defaults: () => ({ lrDecay: 0.1, milestones: undefined }),
    perEpoch: (optimizer, { lrDecay, milestones }) =>
      new MultiStepLR(optimizer, { milestones: milestones!, gamma: lrDecay! }),
  },
  plateau: {
    summary: 'times --lr-decay after more than --patience epochs without a better validation loss',
    defaults: () => ({ lrDecay: 0.1, patience: 2, lrMin: 0 }),
    perEpoch: (optimizer, { lrDecay, patience, lrMin }) =>
      new ReduceLROnPlateau(optimizer, { factor: lrDecay!, patience: patience!, minLr: lrMin! }),
  },
  polynomial: {
    summary: 'down to 0 like the --power of what is left',
    defaults: () => ({ power: 1 }),
    perStep: (optimizer, { power }, totalIters) =>
      new PolynomialLR(optimizer, { totalIters, power: power! }),
  },
  cosine: {
    summary: 'down to --lr-min along a cosine',
    defaults: () => ({ lrMin: 0 }),
    perStep: (optimizer, { lrMin }, tMax) =>
      new CosineAnnealingLR(optimizer, { tMax, etaMin: lrMin! }),
  },
  'cosine-restarts': {
    summary: 'likewise every --period epochs, each --period-factor times as long',
    defaults: (run, recipe) => ({ lrMin: 0, periodFactor: 1, ...third(run, recipe) }),
    perStep: (optimizer, { lrMin, period, periodFactor }, _, steps) =>
      new CosineAnnealingWarmRestarts(optimizer, {
        t0: period! * steps,
        tMult: periodFactor!,
        etaMin: lrMin!,
      }),
  },
  'one-cycle': {
    summary: 'up to --lr and down again',
    defaults: () => ({}),
    perStep: (optimizer, _, totalSteps) =>
      new OneCycleLR(optimizer, {
        maxLr: optimizer.paramGroups.map((group) => group.lr),
        totalSteps,
      }),
  },
};

/** A value of a setting of a schedule. */
type Value = string | number | readonly number[];

/** A schedule in settings and files: all that has a meaning. */
export function describeSchedule(settings: ScheduleSettings): Readonly<Record<string, Value>> {
  const { warmup, warmupCurve, ...others } = settings;
  const all = { ...others, ...(warmup > 0 ? { warmup, warmupCurve } : {}) };
  const given = Object.entries(all).filter(
    (entry): entry is [string, Value] => entry[1] !== undefined,
  );
  return Object.fromEntries(given);
}

/** Where no flag says otherwise. */
export const DEFAULT_SCHEDULE = { schedule: 'exponential', warmup: 0, warmupCurve: 'linear' };

/**
 * The settings of a schedule with its defaults for what is not given, and without what is.
 *
 * @throws UsageError for a flag of another schedule, and where one that it needs is missing.
 */
export function completeSchedule(
  given: ScheduleSettings,
  run: Pick<RunLength, 'epochs'>,
  recipe: { readonly lrDecay: number },
): ScheduleSettings {
  const { schedule, warmup, warmupCurve, ...flags } = given;
  const defaults = SCHEDULES[schedule]!.defaults(run, recipe);
  const own: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, key)) {
      const others = Object.keys(SCHEDULES).filter((name) =>
        Object.hasOwn(SCHEDULES[name]!.defaults(run, recipe), key),
      );
      throw new UsageError(
        `${flagOf(key)} is of the schedule ${others.join(' or ')}, and --schedule is ${schedule}; ` +
          'change one or leave it out.',
      );
    }
    own[key] = value;
  }
  const missing = Object.keys(own).find((key) => own[key] === undefined);
  if (missing !== undefined) {
    throw new UsageError(`--schedule ${schedule} needs ${flagOf(missing)}; give it, too.`);
  }
  if (schedule === 'one-cycle' && warmup > 0) {
    throw new UsageError('--schedule one-cycle has a warm-up of its own; leave out --warmup.');
  }
  if (warmup >= run.epochs) {
    throw new UsageError(
      `--warmup is ${warmup} epochs of ${run.epochs}; give fewer than the training has.`,
    );
  }
  return { schedule, ...(own as ScheduleFlags), warmup, warmupCurve };
}

/**
 * Callbacks that set the learning rates of a run. A schedule from step to step follows the warm-up,
 * one from epoch to epoch is multiplied with it.
 *
 * @param settings As `completeSchedule` has made them.
 * @param validates Whether there is a validation loss to go by.
 */
export function scheduleCallbacks(
  optimizer: ScheduledOptimizer,
  settings: ScheduleSettings,
  { epochs, steps }: RunLength,
  validates: boolean,
): Callback[] {
  const flags = settings as Required<ScheduleFlags>;
  const named = SCHEDULES[settings.schedule]!;
  const warmUpSteps = Math.round(settings.warmup * steps);
  const warmUp =
    warmUpSteps > 0 ? WARMUP_CURVES[settings.warmupCurve]!(optimizer, warmUpSteps) : undefined;
  if ('perStep' in named) {
    const main = named.perStep(optimizer, flags, epochs * steps - warmUpSteps, steps);
    const whole = warmUp
      ? new SequentialLR(optimizer, { schedulers: [warmUp, main], milestones: [warmUpSteps] })
      : main;
    return [scheduled(whole, { every: 'step' })];
  }
  const main = named.perEpoch(optimizer, flags);
  return [
    ...(warmUp ? [scheduled(warmUp, { every: 'step' })] : []),
    ...(main ? [scheduled(main, { monitor: validates ? 'valLoss' : 'loss' })] : []),
  ];
}
