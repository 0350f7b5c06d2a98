import { writeModel, type SavedModel } from '../train/index.js';
import { saveModel } from '../train/node.js';
import { augmentationSettings } from './data/augmentations.js';
import { isDivided } from './data/training-data.js';
import { lossSettings } from './losses.js';
import { stepSettings } from './optimization-options.js';
import { describeSchedule } from './schedules.js';
import type { Training, TrainingOutcome } from './training.js';

/**
 * Throws, before any training, what writing the model would throw after it: for names of classes
 * that a model file does not take, say.
 */
export function checkSavable(training: Training): void {
  writeModel(described(training));
}

/** Writes the model file of a training that is done: `--save`. */
export async function saveTrained(
  file: string,
  training: Training,
  { history, test, best }: TrainingOutcome,
): Promise<void> {
  const last = best ? history.find(({ epoch }) => epoch === best.epoch) : history.at(-1);
  const metrics = Object.entries({
    testLoss: test.loss,
    testAccuracy: test.accuracy,
    testRmse: test.rmse,
    testMae: test.mae,
    testR2: test.r2 ?? undefined,
    testMeanIou: test.meanIou,
    testMse: test.mse,
    testPcaMse: test.pcaMse,
    testBits: test.bits,
    testPerplexity: test.perplexity,
    valLoss: last?.valLoss,
    valAccuracy: last?.valAccuracy,
  }).filter((entry): entry is [string, number] => entry[1] !== undefined);
  await saveModel(file, { ...described(training), metrics: Object.fromEntries(metrics) });
}

function described({ plan, model, task, preprocessing }: Training): SavedModel {
  const { family, familyOptions, data, seed, batchSize, optimizer, lr } = plan;
  const { weightDecay } = plan;
  const schedule = Object.entries(describeSchedule(plan.schedule)).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : value,
  ]);
  return {
    model,
    family: family.name,
    options: familyOptions,
    task,
    preprocessing,
    training: {
      data: data.name,
      ...(isDivided(data) && data.testFraction !== undefined
        ? { testFraction: data.testFraction }
        : {}),
      seed,
      epochs: plan.epochs,
      batchSize,
      optimizer,
      lr,
      ...(Object.fromEntries(schedule) as Record<string, string | number>),
      ...(weightDecay === undefined ? {} : { weightDecay }),
      ...lossSettings(plan),
      ...augmentationSettings(plan),
      ...stepSettings(plan),
      valFraction: plan.valFraction,
      ...(plan.earlyStop === undefined ? {} : { earlyStop: plan.earlyStop }),
    },
  };
}
