import type { EpochRecord } from '../../train/index.js';
import type { Machine } from './machine.js';

/** Version of the log's format: higher where an old reader would misread it. */
export const LOG_FORMAT = 1;

/** A value of a setting. */
export type Setting = string | number | boolean | readonly (number | string)[] | null;

/** A setting as text, six digits of a number; – where there is none. */
export function settingText(value: Setting | undefined): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** First line of a log: all that is known before the first step. */
export interface StartRecord {
  readonly type: 'start';
  readonly format: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** What to type to repeat the run. */
  readonly command: string;
  /** Version of Gradus. */
  readonly version: string;
  /** The model family, its options and all flags that determine the result. */
  readonly settings: Readonly<Record<string, Setting>>;
  readonly model: {
    readonly family: string;
    /** The tree of modules as text. */
    readonly layers: string;
    readonly parameters: number;
    /** Multiply-adds for one sample; logs of earlier versions have neither this nor `summary`. */
    readonly multiplyAdds?: number;
    /** Shapes, parameters, operations and receptive fields of the layers as text. */
    readonly summary?: string;
  };
  readonly data: RunData;
  readonly machine: Machine;
}

/** The data of a run. */
export interface RunData {
  readonly name: string;
  readonly source: string;
  /** None where a number is predicted. */
  readonly classes: readonly string[];
  /** The number that is predicted, where it is one. */
  readonly target?: string;
  /** Number of samples in each part. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** SHA-256 of the labels and inputs of the test part: equal where two runs had the same. */
  readonly testHash: string;
}

/** A few steps, thinned so that an epoch has at most some 200 such lines. */
export interface StepRecord {
  readonly type: 'step';
  readonly epoch: number;
  /** Steps done since training began. */
  readonly step: number;
  /** Mean of the batches' losses since the line before. */
  readonly loss: number;
  /** Since training began. */
  readonly seconds: number;
}

/** An epoch that is done. */
export interface EpochLine extends EpochRecord {
  readonly type: 'epoch';
  /** Steps done since training began. */
  readonly step: number;
}

/** Training goes on from a checkpoint: lines of later steps before this one no longer hold. */
export interface ResumeRecord {
  readonly type: 'resume';
  readonly time: string;
  readonly step: number;
}

/** Last line of a run that came to its end: what the model makes of the test part. */
export interface TestRecord {
  readonly type: 'test';
  readonly time: string;
  readonly loss: number;
  readonly accuracy?: number;
  /** Errors in the unit of a number that is predicted. */
  readonly rmse?: number;
  readonly mae?: number;
  /** Share of the variance explained; null where all targets are the same. */
  readonly r2?: number | null;
  /** Mean of the classes' intersections over unions, of pixels. */
  readonly meanIou?: number;
  /** Mean squared error of what is given back. */
  readonly mse?: number;
  /** That of principal component analysis with as large a code. */
  readonly pcaMse?: number;
  /** Of a text: the loss in bits for each symbol, and e to the loss in nats. */
  readonly bits?: number;
  readonly perplexity?: number;
  /** Of training, validation included. */
  readonly seconds: number;
  /** Why there were fewer epochs than set, if there were. */
  readonly stopped?: string;
}

/** A line of the log. */
export type LogRecord = StartRecord | StepRecord | EpochLine | ResumeRecord | TestRecord;
