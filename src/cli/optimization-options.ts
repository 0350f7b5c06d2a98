import { Option } from 'commander';
import { choice, fraction, integer, notNegative, positive, sizes } from './parse-values.js';
import {
  completeSchedule,
  DEFAULT_SCHEDULE,
  SCHEDULES,
  WARMUP_CURVES,
  type ScheduleFlags,
  type ScheduleSettings,
} from './schedules.js';
import type { Recipe } from './model-family.js';

/** What becomes of gradients and weights at each step. */
export interface StepSettings {
  /** The norm that gradients are scaled down to. */
  readonly clip?: number;
  /** The bound of each number of the gradients. */
  readonly clipValue?: number;
  /** The decay of averages of the weights, which are then what is validated, tested and saved. */
  readonly ema?: number;
}

/** Values of the flags for what becomes of learning rates, gradients and weights in training. */
export interface OptimizationOptions extends ScheduleFlags, StepSettings {
  readonly schedule: string;
  readonly warmup: number;
  readonly warmupCurve: string;
}

/** Their flags, with a family's defaults. */
export function optimizationOptions({ lrDecay }: Recipe): Option[] {
  return [...scheduleOptions(lrDecay), ...stepOptions()];
}

function scheduleOptions(lrDecay: number): Option[] {
  const schedules = Object.keys(SCHEDULES);
  const curves = Object.keys(WARMUP_CURVES);
  return [
    new Option('--schedule <name>', `course of the learning rate: ${schedules.join(', ')}`)
      .argParser(choice('--schedule', schedules))
      .default(DEFAULT_SCHEDULE.schedule),
    new Option(
      '--lr-decay <factor>',
      'factor of the learning rate, from epoch to epoch, or where step, multi-step or plateau ' +
        `change it (default: ${lrDecay} with exponential, else 0.1)`,
    ).argParser(positive('--lr-decay')),
    new Option(
      '--lr-min <rate>',
      'where cosine, cosine-restarts and plateau end (default: 0)',
    ).argParser(notNegative('--lr-min')),
    new Option(
      '--period <epochs>',
      'from one change of step, or restart of cosine-restarts, to the next (default: a third of all)',
    ).argParser(integer('--period', 1)),
    new Option(
      '--period-factor <n>',
      'by what each period of cosine-restarts is longer than the last (default: 1)',
    ).argParser(integer('--period-factor', 1)),
    new Option('--milestones <epochs>', 'after which multi-step changes, such as 5,8').argParser(
      sizes('--milestones'),
    ),
    new Option('--power <p>', 'exponent of polynomial (default: 1)').argParser(
      notNegative('--power'),
    ),
    new Option(
      '--patience <epochs>',
      'without a better validation loss that plateau allows (default: 2)',
    ).argParser(integer('--patience', 0)),
    new Option('--warmup <epochs>', 'from a hundredth of the learning rate up to it, such as 0.5')
      .argParser(notNegative('--warmup'))
      .default(DEFAULT_SCHEDULE.warmup),
    new Option('--warmup-curve <name>', curves.join(', '))
      .argParser(choice('--warmup-curve', curves))
      .default(DEFAULT_SCHEDULE.warmupCurve),
  ];
}

function stepOptions(): Option[] {
  return [
    new Option('--clip <norm>', 'scale gradients whose norm is above it (default: none)').argParser(
      positive('--clip'),
    ),
    new Option(
      '--clip-value <bound>',
      'bound of each number of the gradients (default: none)',
    ).argParser(positive('--clip-value')),
    new Option(
      '--ema <decay>',
      'validate, test and save a running mean of the weights, such as 0.999 (default: none)',
    ).argParser(fraction('--ema')),
  ];
}

/**
 * The schedule that flags ask for, whole.
 *
 * @throws UsageError where they do not fit each other.
 */
export function scheduleOf(
  options: OptimizationOptions & { readonly epochs: number },
  recipe: Recipe,
): ScheduleSettings {
  const { epochs, schedule, warmup, warmupCurve } = options;
  const { lrDecay, lrMin, period, periodFactor, milestones, power, patience } = options;
  const flags = { lrDecay, lrMin, period, periodFactor, milestones, power, patience };
  return completeSchedule({ schedule, warmup, warmupCurve, ...flags }, { epochs }, recipe);
}

/** What flags say of gradients and weights; nothing for what is not given. */
export function stepSettings({ clip, clipValue, ema }: StepSettings): StepSettings {
  return {
    ...(clip === undefined ? {} : { clip }),
    ...(clipValue === undefined ? {} : { clipValue }),
    ...(ema === undefined ? {} : { ema }),
  };
}
