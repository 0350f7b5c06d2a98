import { ArgumentError } from '../engine/core/errors.js';
import { LRScheduler, type ReduceLROnPlateau, type ScheduleState } from '../optim/index.js';
import type { Callback } from './callback.js';
import type { EpochRecord } from './history.js';

/** What of an epoch a schedule can go by. */
export type MonitoredMetric = 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy';

/** Options of `scheduled`. */
export interface ScheduledOptions {
  /** What a step of the schedule is: a step of the optimizer, or an epoch. Default 'epoch'. */
  readonly every?: 'step' | 'epoch';
  /** What `ReduceLROnPlateau` goes by, after each epoch. Default 'valLoss'. */
  readonly monitor?: MonitoredMetric;
}

/**
 * Steps a schedule in the course of `fit`, after each step or each epoch. Its state is part of each
 * checkpoint, so that a run that resumes goes on with the same learning rates.
 *
 * @param schedule Of the optimizer that `fit` gets.
 * @throws ArgumentError for `ReduceLROnPlateau` at every step; in `fit`, after the first epoch, where
 *   that has nothing of the kind to monitor.
 * @example
 * const schedule = new OneCycleLR(optimizer, { maxLr: 0.01, epochs, stepsPerEpoch: loader.length });
 * await fit({
 *   model,
 *   optimizer,
 *   train: loader,
 *   epochs,
 *   callbacks: [scheduled(schedule, { every: 'step' })],
 * });
 */
export function scheduled(
  schedule: LRScheduler | ReduceLROnPlateau,
  { every = 'epoch', monitor = 'valLoss' }: ScheduledOptions = {},
): Callback {
  if (every !== 'step' && every !== 'epoch') {
    throw new ArgumentError(`scheduled: every is '${String(every)}'; use 'step' or 'epoch'.`);
  }
  const state = {
    state: () => schedule.stateDict(),
    restore: (saved: unknown) => schedule.loadStateDict(saved as ScheduleState),
  };
  if (schedule instanceof LRScheduler) {
    const step = (): void => schedule.step();
    return { ...state, ...(every === 'step' ? { onStep: step } : { onEpochEnd: step }) };
  }
  if (every === 'step') {
    throw new ArgumentError(
      "scheduled: every is 'step', and ReduceLROnPlateau goes by a metric of the epoch; use " +
        "'epoch'.",
    );
  }
  return { ...state, onEpochEnd: ({ record }) => schedule.step(metricOf(record, monitor)) };
}

function metricOf(record: EpochRecord, monitor: MonitoredMetric): number {
  const value = record[monitor];
  if (value !== undefined) return value;
  throw new ArgumentError(
    `scheduled: monitor is '${monitor}', which this run does not measure; give fit a validation ` +
      'part or the metric, or monitor another.',
  );
}
