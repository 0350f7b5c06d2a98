import { Command } from 'commander';
import { compareRuns, type Comparison } from '../compare/compare-runs.js';
import { count, duration, number, percent, table } from '../format.js';
import { paint, printLine, type Io } from '../io.js';
import { readRun } from '../run-folder/run-folder.js';
import { UsageError } from '../usage-error.js';

/** Below this the difference between two models is called one. */
const SIGNIFICANT = 0.05;

/** `gradus compare RUN1 RUN2 …`. */
export function compareCommand(io: Io): Command {
  return new Command('compare')
    .summary('compare runs')
    .description(
      'Compares runs on the same test data: what each reached, which settings differ, and whether ' +
        "the differences between the models are more than chance (McNemar's exact test).",
    )
    .argument('<run...>', 'folders that --run named, two at least')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExamples:\n  $ gradus compare runs/mlp runs/linear')
    .action(async (folders: string[], { json }: { json?: boolean }) => {
      if (folders.length < 2)
        throw new UsageError('compare: give the folders of two runs or more.');
      const runs = [];
      for (const folder of folders) runs.push(await readRun(folder));
      const comparison = compareRuns(runs);
      if (json) printLine(io, JSON.stringify(comparison));
      else print(comparison, io);
    });
}

function print({ runs, settings, tests }: Comparison, io: Io): void {
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  const error = (value?: number): string => (value === undefined ? '–' : number(value));
  const areNumbers = runs.some((r) => r.testRmse !== undefined);
  const own = areNumbers ? ['test RMSE', 'test MAE'] : ['test acc', 'best val acc'];
  const [first, second] = own as [string, string];
  printTable(io, [
    ['run', first, 'test loss', second, 'best epoch', 'epochs', 'time', 'parameters'],
    ...runs.map((r) => [
      r.name,
      areNumbers ? error(r.testRmse) : share(r.testAccuracy),
      r.testLoss?.toFixed(4) ?? 'unfinished',
      areNumbers ? error(r.testMae) : share(r.bestValAccuracy),
      String(r.bestEpoch ?? '–'),
      String(r.epochs),
      duration(r.seconds),
      count(r.parameters),
    ]),
  ]);
  printLine(io);
  if (settings.length === 0) printLine(io, 'All settings are the same.');
  else {
    printTable(io, [
      ['setting', ...runs.map((r) => r.name)],
      ...settings.map(({ name, values }) => [name, ...values]),
    ]);
  }
  printLine(io);
  for (const { first, second, onlyFirst, onlySecond, p } of tests) {
    const verdict = p < SIGNIFICANT ? 'more than chance' : 'may be chance';
    printLine(
      io,
      `${first} and ${second}: only the first is right on ${count(onlyFirst)} test samples, only ` +
        `the second on ${count(onlySecond)}; McNemar p = ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}: ${verdict}.`,
    );
  }
  if (areNumbers) {
    printLine(
      io,
      "McNemar's test is for classes; there is none of the difference between numbers.",
    );
    return;
  }
  const known = new Set(tests.flatMap((t) => [t.first, t.second]));
  const rest = runs.filter((r) => !known.has(r.name)).map((r) => r.name);
  if (rest.length > 0) {
    printLine(io, `No test of the difference for want of test predictions: ${rest.join(', ')}.`);
  }
}

function printTable(io: Io, rows: readonly (readonly string[])[]): void {
  const [head, ...body] = table(rows);
  printLine(io, paint(io, 'dim', head!));
  for (const line of body) printLine(io, line);
}
