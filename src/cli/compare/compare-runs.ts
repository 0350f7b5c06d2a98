import { FormatError } from '../../engine/core/errors.js';
import { mcNemar, type McNemar } from '../../metrics/index.js';
import { bestEpoch } from '../run-folder/best-epoch.js';
import { settingText } from '../run-folder/records.js';
import type { Run } from '../run-folder/run-folder.js';
import { runNames } from '../run-folder/run-names.js';
import { secondsOf } from '../run-folder/seconds-of.js';

/** What a run reached; null where it is not known. */
export interface Reached {
  readonly name: string;
  readonly testAccuracy: number | null;
  /** Errors of numbers, in their unit. */
  readonly testRmse?: number;
  readonly testMae?: number;
  readonly testLoss: number | null;
  readonly bestValAccuracy: number | null;
  readonly bestEpoch: number | null;
  /** Epochs done. */
  readonly epochs: number;
  readonly seconds: number;
  readonly parameters: number;
}

/** McNemar's test between two runs. */
export interface PairTest extends McNemar {
  readonly first: string;
  readonly second: string;
}

/** Several runs beside each other. */
export interface Comparison {
  readonly runs: readonly Reached[];
  /** Settings that are not the same in all, with a value for each run. */
  readonly settings: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Of each pair of runs with test predictions. */
  readonly tests: readonly PairTest[];
}

/**
 * Sets runs beside each other.
 *
 * @throws FormatError where their test parts differ: their figures cannot be compared.
 */
export function compareRuns(runs: readonly Run[]): Comparison {
  const names = runNames(runs);
  const [first] = runs;
  for (const [i, { start }] of runs.entries()) {
    if (start.data.testHash === first!.start.data.testHash) continue;
    throw new FormatError(
      `${names[0]} and ${names[i]} were tested on different data (${first!.start.data.name} and ` +
        `${start.data.name}); compare runs with the same test part.`,
    );
  }
  return {
    runs: runs.map((run, i) => reached(run, names[i]!)),
    settings: differences(runs),
    tests: pairTests(runs, names),
  };
}

function reached(run: Run, name: string): Reached {
  const best = bestEpoch(run.epochs);
  return {
    name,
    testAccuracy: run.test?.accuracy ?? null,
    ...(run.test?.rmse === undefined ? {} : { testRmse: run.test.rmse, testMae: run.test.mae! }),
    testLoss: run.test?.loss ?? null,
    bestValAccuracy: best?.valAccuracy ?? null,
    bestEpoch: best?.epoch ?? null,
    epochs: run.epochs.length,
    seconds: secondsOf(run),
    parameters: run.start.model.parameters,
  };
}

function differences(runs: readonly Run[]): Comparison['settings'] {
  const names = new Set(runs.flatMap(({ start }) => Object.keys(start.settings)));
  return [...names]
    .map((name) => ({ name, values: runs.map((r) => settingText(r.start.settings[name])) }))
    .filter(({ values }) => new Set(values).size > 1);
}

function pairTests(runs: readonly Run[], names: readonly string[]): PairTest[] {
  return runs.flatMap((a, i) =>
    runs.slice(i + 1).flatMap((b, k) => {
      if (a.predictions === undefined || b.predictions === undefined) return [];
      const { labels, predicted } = a.predictions;
      const test = mcNemar(labels, predicted, b.predictions.predicted);
      return [{ first: names[i]!, second: names[i + 1 + k]!, ...test }];
    }),
  );
}
