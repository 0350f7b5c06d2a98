import type { EpochRecord } from './history.js';
import type { StatisticsRecord } from './training-statistics.js';

/** How far training has come. One object serves all calls: copy what is to be kept. */
export interface Progress {
  /** Counts from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Steps per epoch. */
  readonly steps: number;
  /** Steps done since training began. */
  readonly totalSteps: number;
  /** Loss of the last batch; NaN before the first. */
  readonly batchLoss: number;
  /** Mean loss of this epoch so far; NaN before the first step. */
  readonly loss: number;
  /** Share of targets met in this epoch so far, with the metric. */
  readonly accuracy: number | undefined;
  /** Samples per second in this epoch so far, without the first step of all, which compiles. */
  readonly samplesPerSecond: number;
  /** Seconds since training began. */
  readonly seconds: number;
  /** Seconds that the remaining steps take at the pace so far; NaN before the second step. */
  readonly secondsLeft: number;
}

/** `progress` at the end of an epoch, with its record. */
export interface EpochReport {
  readonly progress: Progress;
  readonly record: EpochRecord;
  /** Of the steps of the epoch that were looked at, where `fit` was given `statistics`. */
  readonly statistics?: StatisticsRecord;
}

/** 'stop' ends training: after the step, or the epoch, that the call is about. */
export type Verdict = 'stop' | void;

/**
 * What is called in the course of training. An error thrown here ends training and reaches the
 * caller of `fit`.
 *
 * @example
 * const patience: Callback = {
 *   onEpochEnd: ({ record }) => (record.valAccuracy! > 0.99 ? 'stop' : undefined),
 * };
 */
export interface Callback {
  /**
   * Before the first step of an epoch: the place to change a learning rate by hand; for a schedule,
   * see `scheduled`. Where a run resumes within an epoch it is called again, and what it changed is
   * then replaced by what was saved.
   */
  onEpochStart?(progress: Progress): Verdict | Promise<Verdict>;
  /** After each step. Not awaited: it should be quick. */
  onStep?(progress: Progress): Verdict;
  /** After an epoch and its validation. */
  onEpochEnd?(report: EpochReport): Verdict | Promise<Verdict>;
  /**
   * When training has ended, unless a signal or an error has ended it. Called again where a run that
   * had ended is resumed.
   */
  onTrainEnd?(): void | Promise<void>;
  /** What it keeps from call to call, as data that JSON can hold: part of each checkpoint. */
  state?(): unknown;
  /** Takes back what `state` gave, where a run resumes. */
  restore?(state: unknown): void;
}
