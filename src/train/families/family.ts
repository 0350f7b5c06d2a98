import { nearestName } from '../../data/nearest-name.js';
import type { TrainableModel } from '../sources.js';
import { checkOption, type OptionSpec } from './option.js';

/** What a model is to be made for. */
export interface Task {
  /** Shape of one sample, such as [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /**
   * Number of outputs: one for each class, of samples or of pixels, or 1 where a number is to be predicted.
   */
  readonly classes: number;
  /** For texts, how many symbols there are: samples are then i32 [T], from 0 to symbols - 1. */
  readonly symbols?: number;
}

/** Defaults of the training flags, chosen for the family on validation data. */
export interface Recipe {
  readonly optimizer: string;
  readonly lr: number;
  /** Factor of the learning rate from one epoch to the next. */
  readonly lrDecay: number;
  /** Default: the optimizer's. */
  readonly weightDecay?: number;
  readonly batchSize: number;
}

/** Values of a family's own options by name. */
export type FamilyOptions = Readonly<Record<string, unknown>>;

/**
 * A kind of model that can be made from data alone: from flags of the command line, from a model
 * file's metadata, from a form on a page.
 */
export interface Family {
  /** As in `gradus train NAME` and in the metadata of a model file. */
  readonly name: string;
  /** One line for help and lists. */
  readonly summary: string;
  /** Further lines for its help. */
  readonly examples: readonly string[];
  /** Its own options: flags, fields of a model file. A new one's default is what was done before. */
  readonly settings: Readonly<Record<string, OptionSpec>>;
  readonly recipe: Recipe;
  /**
   * What it is trained on: images or rows of a table, texts with a class each, one running text, or
   * one series.
   */
  readonly reads?: 'samples' | 'texts' | 'corpus' | 'series';
  /**
   * How its models go through a running text: in streams side by side, with the state carried from step to
   * step (the default), or in windows, each from nothing.
   */
  readonly passes?: 'streams' | 'windows';
  /**
   * What its models are for, where that is not a class or a number for each sample: classes of pixels, or
   * the sample itself.
   */
  readonly task?: 'segmentation' | 'reconstruction';
  /** A model with weights drawn from the default generator; `options` are whole and checked. */
  readonly create: (task: Task, options: FamilyOptions) => TrainableModel;
}

/** `given` with defaults for what it leaves out, or a sentence on what is wrong with it. */
export function completeOptions(
  { name, settings }: Family,
  given: Readonly<Record<string, unknown>>,
): FamilyOptions | string {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(settings, key)) continue;
    const near = nearestName(key, Object.keys(settings));
    return (
      `the family '${name}' has no option ${quote(key)}` +
      (near === undefined ? '' : `; the nearest is '${near}'`)
    );
  }
  const options: [string, unknown][] = [];
  for (const [key, spec] of Object.entries(settings)) {
    const value = Object.hasOwn(given, key) ? given[key] : spec.default;
    const problem = checkOption(spec, value);
    if (problem !== undefined) return `the option '${key}' of '${name}' ${problem}`;
    options.push([key, value]);
  }
  return Object.fromEntries(options);
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 60));
