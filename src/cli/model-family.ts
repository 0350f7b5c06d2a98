import type { Option } from 'commander';
import type { TrainableModel } from '../train/index.js';

/** What a model is to be made for. */
export interface Task {
  /** Shape of one sample, such as [1, 28, 28]. */
  readonly inputShape: readonly number[];
  /** Number of classes. */
  readonly classes: number;
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

/** Values of a family's own flags by name. */
export type FamilyOptions = Readonly<Record<string, unknown>>;

/** A kind of model that the command line can train. */
export interface ModelFamily {
  /** As in `gradus train NAME`. */
  readonly name: string;
  /** One line for help and lists. */
  readonly summary: string;
  /** Further lines for its help: examples. */
  readonly examples: readonly string[];
  /** Flags of its own, with defaults. */
  readonly options: () => readonly Option[];
  readonly recipe: Recipe;
  /** A model with weights drawn from the default generator. */
  readonly create: (task: Task, options: FamilyOptions) => TrainableModel;
}
