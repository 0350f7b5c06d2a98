// Measures Gradus against its peers: see `usage` and docs/benchmarks.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Field } from './field.js';
import { describeMachine } from './measure/machine.js';
import { parseOptions, usage, UsageError, type Options } from './options.js';
import { tableAsText } from './report/format.js';
import { goalTable, goalsOf } from './report/goals.js';
import { renderMarkdown } from './report/markdown.js';
import { outcomeAsText } from './report/outcome.js';
import { withEarlier, type Outcome, type Results } from './results.js';
import { workloads } from './workloads/index.js';

const root = new URL('../../', import.meta.url);

async function measure(options: Options): Promise<Results> {
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`);
  if (machine.load > 0.5) {
    console.log(`The machine is busy (load ${machine.load.toFixed(2)}): the figures are rough.`);
  }
  const field = new Field(options, (text) => console.log(`  ${text}`));
  const stop = (): void => {
    void field.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  const outcomes: Record<string, Outcome> = {};
  try {
    for (const workload of workloads.filter((w) => options.only.includes(w.name))) {
      console.log(`\n${workload.title}`);
      field.workload = workload.name;
      const outcome = await workload.run(field);
      await field.stopAll();
      if (!outcome) continue;
      outcomes[workload.name] = outcome;
      console.log(outcomeAsText(outcome));
    }
  } finally {
    process.off('SIGINT', stop);
    await field.close();
  }
  const { versions, absences } = field;
  const { quick, relaxedSimd, pace } = options;
  const date = new Date().toISOString();
  const run = { date, machine, rounds: pace.rounds, quick, relaxedSimd };
  return { ...run, versions, absences, workloads: outcomes };
}

const resultsFile = 'bench/results.json';

/** The results, with those from before of workloads that were not run. */
function completed(results: Results): Results {
  const url = new URL(resultsFile, root);
  if (!existsSync(url)) return results;
  const merged = withEarlier(results, JSON.parse(readFileSync(url, 'utf8')) as Results);
  if (!merged) console.log('The results from before are of another machine or kind: they go.');
  return merged ?? results;
}

function write(results: Results): void {
  mkdirSync(new URL('docs/', root), { recursive: true });
  const targets: [string, string][] = [
    [resultsFile, `${JSON.stringify(results, undefined, 1)}\n`],
    ['docs/benchmarks.md', renderMarkdown(results)],
  ];
  for (const [path, text] of targets) {
    const url = new URL(path, root);
    writeFileSync(url, text);
    console.log(`Written: ${fileURLToPath(url)}`);
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return;
  }
  const results = await measure(options);
  const goals = goalsOf(results);
  if (goals.length > 0) console.log(`\n${tableAsText(goalTable(goals))}`);
  console.log();
  if (options.write) write(options.complete ? results : completed(results));
  else console.log('A partial run: docs/benchmarks.md is left as it is (--write changes it).');
}

try {
  await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
