import { Option, type Command } from 'commander';
import { DATASETS } from '../data/node.js';
import { deviceOption, type DeviceOptions } from './device-option.js';
import type { Recipe } from './model-family.js';
import { optimizationOptions, type OptimizationOptions } from './optimization-options.js';
import { OPTIMIZERS } from '../optim/index.js';
import { choice, fraction, imageSize, integer, notNegative, positive } from './parse-values.js';

/** Values of the flags that all trainings have. */
export interface CommonOptions extends DeviceOptions, OptimizationOptions {
  readonly data: string;
  readonly dataDir?: string;
  readonly imageSize?: number | readonly [number, number];
  readonly epochs: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly valFraction: number;
  readonly save?: string;
  readonly config?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the flags that all trainings have, with a family's defaults. */
export function addCommonOptions(command: Command, recipe: Recipe): void {
  for (const option of [
    ...dataOptions(),
    ...recipeOptions(recipe),
    ...runOptions(),
    ...outputOptions(),
  ]) {
    command.addOption(option);
  }
}

export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <name>',
      `data set: ${[...DATASETS.keys()].join(', ')}; or a folder of images, a sub-folder a class`,
    ).default('digits'),
    new Option('--data-dir <dir>', 'folder that holds those of data sets (default: $GRADUS_DATA)'),
    new Option(
      '--image-size <n>',
      'pixels that images of a folder are resized to, as 32 or 24x32 (height x width)',
    ).argParser(imageSize('--image-size')),
    new Option('--val-fraction <f>', 'share of the training part to validate on')
      .argParser(fraction('--val-fraction'))
      .default(1 / 12, '1/12'),
  ];
}

function recipeOptions(recipe: Recipe): Option[] {
  return [
    new Option('--epochs <n>', 'how often to go through the training part')
      .argParser(integer('--epochs', 1))
      .default(10),
    batchSizeOption(recipe),
    optimizerOption(recipe),
    new Option('--lr <rate>', `learning rate (default: ${lrText(recipe)})`).argParser(
      positive('--lr'),
    ),
    ...optimizationOptions(recipe),
    weightDecayOption(),
    seedOption(),
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
