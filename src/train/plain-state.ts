import type { EpochRecord } from './history.js';
import type { SavedProgress, TrainingState } from './training-state.js';
import type { SavedTotals } from './totals.js';

/** A state without its arrays: what JSON holds of it. */
export type PlainState = Omit<TrainingState, 'arrays'>;

type Json = Readonly<Record<string, unknown>>;
type Fail = (what: string) => never;

/**
 * Checks that JSON from a file is a state. What belongs to model, optimizer, loaders and callbacks
 * is checked by them, where it is given to them.
 */
export function plainStateOf(json: unknown, fail: Fail): PlainState {
  const state = object(json, 'the state', fail);
  const optimizer = object(state.optimizer, 'optimizer', fail);
  const groups = list(optimizer.paramGroups, 'optimizer.paramGroups', fail).map((given, i) => {
    const group = object(given, `optimizer.paramGroups[${i}]`, fail);
    const params = list(group.params, `optimizer.paramGroups[${i}].params`, fail);
    return { ...group, params: params.map((p) => count(p, 'a parameter number', fail)) };
  });
  return {
    device: text(state.device, 'device', fail),
    optimizer: { name: text(optimizer.name, 'optimizer.name', fail), paramGroups: groups },
    train: object(state.train, 'train', fail),
    ...(state.validation === undefined
      ? {}
      : { validation: object(state.validation, 'validation', fail) }),
    callbacks: list(state.callbacks, 'callbacks', fail),
    progress: progressOf(object(state.progress, 'progress', fail), fail),
  };
}

function progressOf(json: Json, fail: Fail): SavedProgress {
  const { phase, batchLoss, stopped } = json;
  if (phase !== 'training' && phase !== 'validation' && phase !== 'done') {
    return fail("its state is damaged: phase is none of 'training', 'validation', 'done'.");
  }
  if (stopped !== undefined && stopped !== 'callback') {
    return fail("its state is damaged: stopped is not 'callback'.");
  }
  const epoch = count(json.epoch, 'epoch', fail);
  if (epoch < 1) fail('its state is damaged: epoch is 0.');
  return {
    epoch,
    phase,
    steps: count(json.steps, 'steps', fail),
    totalSteps: count(json.totalSteps, 'totalSteps', fail),
    ...(batchLoss === undefined ? {} : { batchLoss: number(batchLoss, 'batchLoss', fail) }),
    totals: totalsOf(object(json.totals, 'totals', fail), fail),
    seconds: number(json.seconds, 'seconds', fail),
    epochSeconds: number(json.epochSeconds, 'epochSeconds', fail),
    history: list(json.history, 'history', fail).map((r) =>
      recordOf(object(r, 'a record of the history', fail), fail),
    ),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

function totalsOf(json: Json, fail: Fail): SavedTotals {
  const { correct } = json;
  return {
    samples: count(json.samples, 'samples', fail),
    batches: count(json.batches, 'batches', fail),
    lossSum: number(json.lossSum, 'lossSum', fail),
    targets: count(json.targets, 'targets', fail),
    ...(correct === undefined ? {} : { correct: count(correct, 'correct', fail) }),
  };
}

function recordOf(json: Json, fail: Fail): EpochRecord {
  for (const name of ['epoch', 'loss', 'seconds', 'samplesPerSecond']) {
    number(json[name], `history ${name}`, fail);
  }
  for (const [name, value] of Object.entries(json)) number(value, `history ${name}`, fail);
  return json as unknown as EpochRecord;
}

function object(value: unknown, name: string, fail: Fail): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return fail(`its state is damaged: ${name} is no object.`);
}

function list(value: unknown, name: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`its state is damaged: ${name} is no list.`);
}

function text(value: unknown, name: string, fail: Fail): string {
  return typeof value === 'string' ? value : fail(`its state is damaged: ${name} is no text.`);
}

function number(value: unknown, name: string, fail: Fail): number {
  return typeof value === 'number' ? value : fail(`its state is damaged: ${name} is no number.`);
}

function count(value: unknown, name: string, fail: Fail): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  return fail(`its state is damaged: ${name} is no count.`);
}
