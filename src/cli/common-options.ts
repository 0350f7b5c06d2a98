import { Option, type Command } from 'commander';
import { augmentationOptions, type AugmentationFlags } from './data/augmentations.js';
import { dataOptions } from './data/options.js';
import type { DataFlags } from './data/training-data.js';
import { deviceOption, type DeviceOptions } from './device-option.js';
import { lossOptions, mixupOption, type LossSettings } from './losses.js';
import type { ModelFamily, Recipe } from './model-family.js';
import { optimizationOptions, type OptimizationOptions } from './optimization-options.js';
import { OPTIMIZERS } from '../optim/index.js';
import { choice, integer, notNegative, positive } from './parse-values.js';

/** Values of the flags that all trainings have. */
export interface CommonOptions
  extends DeviceOptions, DataFlags, LossSettings, OptimizationOptions, AugmentationFlags {
  readonly epochs: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly valFraction: number;
  readonly folds?: number;
  readonly earlyStop?: number;
  readonly save?: string;
  readonly config?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the flags that all trainings have, with a family's defaults. */
export function addCommonOptions(command: Command, { recipe, reads }: ModelFamily): void {
  for (const option of [
    ...dataOptions(reads),
    ...recipeOptions(recipe),
    ...runOptions(),
    ...outputOptions(),
  ]) {
    command.addOption(option);
  }
}

function recipeOptions(recipe: Recipe): Option[] {
  return [
    new Option('--epochs <n>', 'how often to go through the training part')
      .argParser(integer('--epochs', 1))
      .default(10),
    new Option(
      '--early-stop <epochs>',
      'end after that many epochs without a lower validation loss, with the weights of the best ' +
        '(default: never)',
    ).argParser(integer('--early-stop', 1)),
    batchSizeOption(recipe),
    ...lossOptions(),
    ...augmentationOptions(),
    mixupOption(),
    optimizerOption(recipe),
    new Option('--lr <rate>', `learning rate (default: ${lrText(recipe)})`).argParser(
      positive('--lr'),
    ),
    ...optimizationOptions(recipe),
    weightDecayOption(),
    seedOption(),
    new Option(
      '--folds <k>',
      'cross-validation: train k times, test each k-th in turn, and tell mean and deviation',
    ).argParser(integer('--folds', 2)),
  ];
}

export function batchSizeOption({ batchSize }: Recipe): Option {
  return new Option('--batch-size <n>', 'samples per step')
    .argParser(integer('--batch-size', 1))
    .default(batchSize);
}

export function optimizerOption({ optimizer }: Recipe): Option {
  const optimizers = Object.keys(OPTIMIZERS);
  return new Option('--optimizer <name>', optimizers.join(', '))
    .argParser(choice('--optimizer', optimizers))
    .default(optimizer);
}

export function weightDecayOption(): Option {
  return new Option(
    '--weight-decay <factor>',
    "weight decay (default: the optimizer's: 0.01 with adamw, else 0)",
  ).argParser(notNegative('--weight-decay'));
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'seed of all randomness')
    .argParser(integer('--seed', 0))
    .default(0);
}

function runOptions(): Option[] {
  return [
    new Option('--config <file>', 'JSON with values for flags, such as {"epochs": 5}; flags win'),
    new Option('--run <dir>', 'folder for the log, checkpoints and report of this run'),
    new Option('--resume <dir>', 'go on with the run in this folder, with its settings'),
    new Option('--checkpoint-every <n>', 'steps between checkpoints, besides those of epochs')
      .argParser(integer('--checkpoint-every', 1))
      .default(1000),
    deviceOption(),
  ];
}

function lrText({ optimizer, lr }: Recipe): string {
  const others = Object.entries(OPTIMIZERS).filter(([name]) => name !== optimizer);
  return [`${lr} with ${optimizer}`, ...others.map(([name, o]) => `${o.lr} ${name}`)].join(', ');
}

function outputOptions(): Option[] {
  return [
    new Option('--save <file>', 'write a model file: weights and all that is needed to use them'),
    new Option('--json', 'one JSON object a line, and nothing else, on stdout'),
    new Option('--quiet', 'only the result').conflicts('json'),
  ];
}

/** The learning rate to start with. */
export function learningRate({ lr, optimizer }: CommonOptions, recipe: Recipe): number {
  if (lr !== undefined) return lr;
  return optimizer === recipe.optimizer ? recipe.lr : OPTIMIZERS[optimizer]!.lr;
}
